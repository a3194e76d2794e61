import type { z } from 'zod';

/** One setting: its schema, an example that would be right, and its meaning. */
export interface Setting<T extends z.ZodType = z.ZodType> {
  schema: T;
  example: string;
  about: string;
}
export const setting = <T extends z.ZodType>(schema: T, example: string, about: string): Setting<T> => ({
  schema,
  example,
  about,
});
