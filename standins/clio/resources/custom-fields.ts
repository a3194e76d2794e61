import { z } from 'zod';
import { dataOf } from '../errors.js';
import { type Shape, stamped } from '../fields.js';
import type { Firm } from '../firm.js';
import { customFieldTypes, type CustomField } from '../records.js';
import type { Resource } from '../resource.js';

const Body = z.object({
  name: z.string().min(1),
  parent_type: z.enum(['Matter', 'Contact']),
  field_type: z.enum(customFieldTypes),
  displayed: z.boolean().optional(),
  required: z.boolean().optional(),
  picklist_options: z.array(z.object({ option: z.string().min(1) })).optional(),
});
const Change = Body.pick({ name: true, displayed: true, required: true }).partial();

const shape: Shape = {
  ...stamped,
  name: true,
  parent_type: true,
  field_type: true,
  displayed: true,
  required: true,
  deleted: true,
  picklist_options: ['id', 'etag', 'option'],
};

export function customFields(firm: Firm): Resource<CustomField> {
  return {
    path: 'custom_fields',
    collection: firm.customFields,
    shape,
    view: (field) => field,
    filters: {
      parent_type: (field, value) => field.parent_type.toLowerCase() === value.toLowerCase(),
      field_type: (field, value) => field.field_type === value,
    },
    write: {
      create: (request) => {
        const {
          picklist_options: options = [],
          displayed = false,
          required = false,
          ...rest
        } = dataOf(Body, request);
        const firstOptionId =
          450_001 + firm.customFields.all().flatMap((field) => field.picklist_options).length;
        return {
          ...rest,
          displayed,
          required,
          deleted: false,
          picklist_options: options.map(({ option }, index) => ({ id: firstOptionId + index, option })),
        };
      },
      // Parent and type of a field are fixed for good.
      change: (field, request) => {
        const { name, displayed, required } = dataOf(Change, request);
        return {
          name: name ?? field.name,
          displayed: displayed ?? field.displayed,
          required: required ?? field.required,
        };
      },
    },
  };
}
