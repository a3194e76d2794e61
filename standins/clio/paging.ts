import { z } from 'zod';
import { ClioRefusal } from './errors.js';
import type { Stored } from './collection.js';

const PageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(200),
  offset: z.coerce.number().int().min(0).optional(),
  page_token: z.string().optional(),
});
/** Offset paging ends here; cursor paging does not. */
const offsetCeiling = 10_000;
const PageToken = z.object({ after: z.int().optional(), before: z.int().optional() });

export interface Page<T> {
  records: T[];
  meta: { paging: { next?: string; previous?: string }; records: number };
}

/**
 * One page of an ordered list. `order=id(asc)` without `offset` is cursor mode: `next` and `previous` are full URLs
 * with a `page_token`. Anything else is offset mode.
 * @param records everything that matches, in the asked order.
 * @param url the full URL of this request.
 * @throws ClioRefusal for a bad limit, a mangled token or an offset past 10,000.
 */
export function paginate<T extends Stored>(records: readonly T[], url: URL): Page<T> {
  const query = PageQuery.safeParse(Object.fromEntries(url.searchParams));
  if (!query.success) throw new ClioRefusal('bad_request', z.prettifyError(query.error));
  const { limit, offset, page_token: token } = query.data;
  const byCursor = offset === undefined && url.searchParams.get('order') === 'id(asc)';
  const from = byCursor ? cursorStart(records, limit, token) : (offset ?? 0);
  if (from > offsetCeiling && !byCursor)
    throw new ClioRefusal('argument', `Offset must not exceed ${offsetCeiling}`);
  const page = records.slice(from, from + limit);

  const link = (name: string, value: string | number) => {
    const target = new URL(url);
    target.searchParams.set(name, String(value));
    return target.href;
  };
  const hasNext = from + limit < records.length;
  const next = byCursor ? tokenOf({ after: page.at(-1)?.id }) : from + limit;
  const previous = byCursor ? tokenOf({ before: page[0]?.id }) : Math.max(0, from - limit);
  const name = byCursor ? 'page_token' : 'offset';
  return {
    records: page,
    meta: {
      paging: {
        ...(from > 0 && page.length > 0 ? { previous: link(name, previous) } : {}),
        ...(hasNext ? { next: link(name, next) } : {}),
      },
      records: records.length,
    },
  };
}

function cursorStart(records: readonly Stored[], limit: number, token: string | undefined): number {
  if (token === undefined) return 0;
  const { after, before } = readToken(token);
  if (before !== undefined) {
    const end = records.findIndex(({ id }) => id >= before);
    return Math.max(0, (end < 0 ? records.length : end) - limit);
  }
  const start = records.findIndex(({ id }) => id > (after ?? 0));
  return start < 0 ? records.length : start;
}

function tokenOf(position: { after?: number | undefined } | { before?: number | undefined }): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

function readToken(token: string): z.infer<typeof PageToken> {
  try {
    return PageToken.parse(JSON.parse(Buffer.from(token, 'base64url').toString('utf8')));
  } catch {
    throw new ClioRefusal('bad_request', 'page_token is invalid');
  }
}
