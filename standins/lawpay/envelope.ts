import { z } from 'zod';

/** Query of every list. */
export const pageQuery = {
  page: z.coerce.number().int().min(1).default(1),
  page_size: z.coerce.number().int().min(1).max(200).default(20),
  start_date: z.iso.datetime().optional(),
};
/** One page of a list. A page past the end has empty `results`. */
export function envelope(
  entries: readonly object[],
  { page, page_size: size }: { page: number; page_size: number },
) {
  const results = entries.slice((page - 1) * size, page * size);
  return { page, page_size: size, total_entries: entries.length, results };
}
