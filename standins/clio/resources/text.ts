import { z } from 'zod';

/** Optional text of a body; null clears it. */
export const optionalText = z.string().nullish();
/** Reference to another record. */
export const reference = z.object({ id: z.int() });

/** Clio's `query`: every word occurs somewhere, without regard to case. */
export function containsWords(haystack: readonly (string | null | undefined)[], query: string): boolean {
  const text = haystack.filter(Boolean).join('\n').toLowerCase();
  return query
    .toLowerCase()
    .split(/[\s*]+/)
    .every((word) => text.includes(word));
}
