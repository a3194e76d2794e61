import { z } from 'zod';

/** Settings as one object whose fields change in place, so that routes may hold on to it. */
export function liveSettings<Schema extends z.ZodObject>(schema: Schema) {
  const live: z.output<Schema> = schema.parse({});
  return {
    live,
    read: () => live,
    change: (patch: unknown) => {
      const next = schema.strict().parse({ ...live, ...z.record(z.string(), z.unknown()).parse(patch) });
      Object.assign(live, next);
    },
    restore: () => void Object.assign(live, schema.parse({})),
  };
}
