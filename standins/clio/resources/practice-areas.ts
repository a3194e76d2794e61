import { z } from 'zod';
import { dataOf } from '../errors.js';
import { stamped } from '../fields.js';
import type { Firm } from '../firm.js';
import type { PracticeArea } from '../records.js';
import type { Resource } from '../resource.js';
import { optionalText } from './text.js';

const Body = z.object({ name: z.string().min(1), code: optionalText, category: optionalText });

export function practiceAreas(firm: Firm): Resource<PracticeArea> {
  return {
    path: 'practice_areas',
    collection: firm.practiceAreas,
    shape: {
      ...stamped,
      name: true,
      code: true,
      category: true,
    },
    view: (area) => area,
    filters: {
      name: (area, value) => area.name === value,
      code: (area, value) => area.code === value,
    },
    write: {
      create: (request) => {
        const { name, code, category } = dataOf(Body, request);
        return { name, code: code ?? null, category: category ?? null };
      },
      change: (area, request) => {
        const { name, code, category } = dataOf(Body.partial(), request);
        return {
          name: name ?? area.name,
          code: code === undefined ? area.code : code,
          category: category === undefined ? area.category : category,
        };
      },
    },
  };
}
