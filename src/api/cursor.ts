import { z } from 'zod';
import { ProblemError } from './problems.js';

/**
 * Cursors for paging: opaque to the reader, checked when they come back. They hold the sort key of the last row, never
 * an offset, so rows that arrive while someone pages shift nothing.
 */
export interface CursorCodec<T> {
  encode(position: T): string;
  /** @throws ProblemError `bad_cursor` */
  decode(cursor: string): T;
}

/** @param kind which list the cursor belongs to; a cursor of one list is refused by another. */
export function cursorOf<S extends z.ZodType>(kind: string, position: S): CursorCodec<z.output<S>> {
  const Envelope = z.tuple([z.literal(kind), position]);
  return {
    encode: (value) => Buffer.from(JSON.stringify([kind, value])).toString('base64url'),
    decode: (cursor) => {
      const parsed = Envelope.safeParse(jsonOrUndefined(Buffer.from(cursor, 'base64url').toString()));
      if (!parsed.success) throw new ProblemError('bad_cursor');
      return parsed.data[1] as z.output<S>;
    },
  };
}

const jsonOrUndefined = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

/** Query fields of every paged list. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(100).default(50).describe('Rows per page, 1–100.'),
  cursor: z.string().max(500).optional().describe('`next_cursor` of the previous page.'),
};

/** Cuts a page out of `limit + 1` rows and says where the next one begins (null on the last page). */
export function pageOf<R>(
  rows: readonly R[],
  limit: number,
  cursor: (last: R) => string,
): { rows: readonly R[]; nextCursor: string | null } {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, nextCursor: rows.length > limit && last !== undefined ? cursor(last) : null };
}
