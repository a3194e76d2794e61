import { z } from 'zod';
import type { Collection } from './collection.js';
import { ClioRefusal } from './errors.js';
import type { CustomField, CustomValue } from './records.js';

/** What a body may say about custom values: with the value's own `id` it changes that value, without it adds one. */
export const CustomValuesBody = z
  .array(
    z.object({
      id: z.string().nullish(),
      custom_field: z.object({ id: z.int() }).optional(),
      value: z.union([z.string(), z.number(), z.boolean()]).transform(String).nullish(),
      _destroy: z.boolean().optional(),
    }),
  )
  .optional();

export const customValueFields = [
  'id',
  'field_name',
  'field_type',
  'value',
  'custom_field',
  'picklist_option',
];

/**
 * Applies a body to the values a record has. Naming a field again without the value's id leaves it with two values:
 * that is what Clio does to careless clients.
 * @param takenIds how many values have ever been made, for the next composite id.
 * @throws ClioRefusal `validation` for an unknown field, one of another parent, or a value that does not fit.
 */
export function applyCustomValues(
  existing: readonly CustomValue[],
  body: z.infer<typeof CustomValuesBody>,
  parentType: CustomField['parent_type'],
  fields: Collection<CustomField>,
): CustomValue[] {
  const values = [...existing];
  for (const item of body ?? []) {
    const at = values.findIndex(({ id }) => id === item.id);
    const known = values[at];
    if (item.id != null && known === undefined)
      throw new ClioRefusal('validation', `Custom field value ${item.id} does not belong to this record`);
    const field = fields.find(known?.customFieldId ?? item.custom_field?.id ?? 0);
    if (field?.parent_type !== parentType || field.deleted)
      throw new ClioRefusal('validation', `Custom field is not one for a ${parentType}`);
    if (known && (item._destroy || item.value == null)) values.splice(at, 1);
    else if (known) values[at] = { ...known, value: checked(item.value, field) };
    else if (item.value != null) {
      const id = `${field.field_type}-${nextNumber(values)}`;
      values.push({ id, customFieldId: field.id, value: checked(item.value, field) });
    }
  }
  return values;
}

function nextNumber(values: readonly CustomValue[]): number {
  return Math.max(0, ...values.map(({ id }) => Number(id.split('-')[1]))) + 1;
}

function checked(value: string | null | undefined, field: CustomField): string {
  const text = value ?? '';
  const isNumber = field.field_type === 'numeric' || field.field_type === 'currency';
  const fits =
    field.field_type === 'picklist'
      ? field.picklist_options.some(({ id }) => String(id) === text)
      : !isNumber || (text !== '' && Number.isFinite(Number(text)));
  if (!fits) throw new ClioRefusal('validation', `${field.name} does not accept this value`);
  return text;
}

/** The values as read: filled ones, then shown but empty fields with a null id. */
export function viewCustomValues(
  values: readonly CustomValue[],
  parentType: CustomField['parent_type'],
  fields: Collection<CustomField>,
): Record<string, unknown>[] {
  const describe = (field: CustomField, id: string | null, value: string | null) => ({
    id,
    field_name: field.name,
    field_type: field.field_type,
    value,
    custom_field: { id: field.id, etag: field.etag },
    picklist_option: field.picklist_options.find((option) => String(option.id) === value) ?? null,
  });
  const filled = values.flatMap(({ id, customFieldId, value }) => {
    const field = fields.find(customFieldId);
    return field ? [describe(field, id, value)] : [];
  });
  const empty = fields
    .all()
    .filter((field) => field.displayed && !field.deleted && field.parent_type === parentType)
    .filter((field) => !values.some(({ customFieldId }) => customFieldId === field.id));
  return [...filled, ...empty.map((field) => describe(field, null, null))];
}
