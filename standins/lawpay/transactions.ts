import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { StandinKit } from '../kit/standin.js';
import { requireSecretKey } from './auth.js';
import type { Books, Transaction } from './books.js';
import { shown } from './charges.js';
import { notFound, parseBody, refusal } from './errors.js';
import type { LawPaySettings } from './settings.js';

const pageQuery = {
  page: z.coerce.number().int().min(1).default(1),
  page_size: z.coerce.number().int().min(1).max(200).default(20),
  start_date: z.iso.datetime().optional(),
};
const SearchQuery = z.object({
  ...pageQuery,
  end_date: z.iso.datetime().optional(),
  q: z.string().optional(),
  qf: z.union([z.string(), z.array(z.string())]).default([]),
  account_id: z.string().optional(),
  order_by: z.enum(['created', '-created']).default('-created'),
});
const EventQuery = z.object(pageQuery);
const VoidBody = z.object({ reference: z.string().max(128).optional() });
type ById = { Params: { id: string } };

/** Reading, searching and voiding transactions, and the event list. */
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
      found.map((transaction) => shown(books, transaction)),
      query,
    );
  });

  app.get<ById>('/v1/transactions/:id', (request) => {
    requireSecretKey(request.headers.authorization);
    return shown(books, books.get(request.params.id));
  });

  app.post<ById>('/v1/transactions/:id/void', (request) => {
    requireSecretKey(request.headers.authorization);
    const { reference } = parseBody(VoidBody, request.body);
    const target = books.get(request.params.id);
    const isRefunded = books.refundsOf(target).some(({ status }) => status !== 'VOIDED');
    if (target.status !== 'AUTHORIZED' || isRefunded) throw refusal(422, 'not_valid_for_transaction_status');
    const named = reference === undefined ? {} : { void_reference: reference };
    const voided = books.change(target.id, { status: 'VOIDED', ...named }, 'transaction.voided');
    if (target.charge_id !== undefined) {
      const parent = books.get(target.charge_id);
      books.change(parent.id, { amount_refunded: (parent.amount_refunded ?? 0) - target.amount });
    }
    return shown(books, voided);
  });

  app.get('/v1/events', (request) => {
    requireSecretKey(request.headers.authorization);
    const query = parseBody(EventQuery, request.query);
    const { start_date: start } = query;
    // Newest first; in order of time when a start is given.
    if (start === undefined) return envelope([...books.events()].reverse(), query);
    return envelope(
      books.events().filter(({ created }) => created >= start),
      query,
    );
  });

  app.get<ById>('/v1/events/:id', (request) => {
    requireSecretKey(request.headers.authorization);
    const event = books.events().find(({ id }) => id === request.params.id);
    if (event === undefined) throw notFound('Event', request.params.id);
    return event;
  });
}

/** A page past the end has empty `results`. */
function envelope(
  entries: readonly object[],
  { page, page_size: size }: { page: number; page_size: number },
) {
  const results = entries.slice((page - 1) * size, page * size);
  return { page, page_size: size, total_entries: entries.length, results };
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
