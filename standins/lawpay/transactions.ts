import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { StandinKit } from '../kit/standin.js';
import { requireSecretKey } from './auth.js';
import type { Books, Transaction } from './books.js';
import { envelope, pageQuery } from './envelope.js';
import { parseBody } from './errors.js';
import type { LawPaySettings } from './settings.js';

const SearchQuery = z.object({
  ...pageQuery,
  end_date: z.iso.datetime().optional(),
  q: z.string().optional(),
  qf: z.union([z.string(), z.array(z.string())]).default([]),
  account_id: z.string().optional(),
  order_by: z.enum(['created', '-created']).default('-created'),
});
type ById = { Params: { id: string } };

/** Reading and searching transactions. */
export function transactionRoutes(app: FastifyInstance, kit: StandinKit<LawPaySettings>, books: Books): void {
  app.get('/v1/transactions', (request) => {
    requireSecretKey(request.headers.authorization);
    const query = parseBody(SearchQuery, request.query);
    // The search index is behind the books.
    const indexedUntil = new Date(kit.clock.nowMs() - kit.settings.indexLagMs).toISOString();
    const found = books
      .transactions()
      .filter(({ created }) => created <= indexedUntil)
      .filter((transaction) => matches(transaction, query))
      .sort((a, b) => (a.created < b.created ? -1 : 1));
    if (query.order_by === '-created') found.reverse();
    return envelope(
      found.map((transaction) => books.shown(transaction)),
      query,
    );
  });

  app.get<ById>('/v1/transactions/:id', (request) => {
    requireSecretKey(request.headers.authorization);
    return books.shown(books.get(request.params.id));
  });
}

function matches(transaction: Transaction, query: z.infer<typeof SearchQuery>): boolean {
  const { start_date: start = '', end_date: end = '9999', account_id: account, q = '' } = query;
  return (
    transaction.created >= start &&
    transaction.created <= end &&
    (account === undefined || transaction.account_id === account) &&
    JSON.stringify(transaction).toLowerCase().includes(q.toLowerCase()) &&
    [query.qf].flat().every((filter) => startsWith(transaction, filter))
  );
}

/** `qf=field:value`, nested fields allowed: the value is a beginning, not the whole. Compare exactly yourself. */
function startsWith(transaction: Transaction, filter: string): boolean {
  const [path = '', ...rest] = filter.split(':');
  const value = path
    .split('.')
    .reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], transaction);
  const isPlain = typeof value === 'string' || typeof value === 'number';
  return isPlain && String(value).toLowerCase().startsWith(rest.join(':').toLowerCase());
}
