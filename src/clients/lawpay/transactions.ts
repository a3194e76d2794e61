/** Charges and refunds as the gateway shows them, and how they are found. */
import { z } from 'zod';
import type { Match } from '../../domain/payments/movement.js';
import { read, type LawPayOptions, type SecretKey } from './client.js';
import { refusal } from './errors.js';

const cents = z.union([z.int(), z.string().regex(/^\d+$/).transform(Number)]);
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? undefined);

const Refund = z
  .looseObject({ id: z.string(), status: z.string(), amount: cents, reference: text })
  .transform(({ id, status, amount, reference }) => ({ id, status, amountCents: amount, reference }));

export const Transaction = z
  .looseObject({
    id: z.string().min(1),
    type: z.enum(['CHARGE', 'REFUND']),
    status: z.string(),
    amount: cents,
    amount_refunded: cents.nullish(),
    account_id: z.string(),
    auto_capture: z.boolean().nullish(),
    reference: text,
    void_reference: text,
    charge_id: text,
    failure_code: text,
    created: z.iso.datetime(),
    modified: z.iso.datetime().nullish(),
    refunds: z.array(Refund).nullish(),
  })
  .transform((shown) => ({
    id: shown.id,
    type: shown.type,
    status: shown.status,
    amountCents: shown.amount,
    refundedCents: shown.amount_refunded ?? 0,
    accountId: shown.account_id,
    autoCapture: shown.auto_capture ?? true,
    reference: shown.reference,
    voidReference: shown.void_reference,
    chargeId: shown.charge_id,
    failureCode: shown.failure_code,
    createdAt: shown.created,
    modifiedAt: shown.modified ?? shown.created,
    refunds: shown.refunds ?? [],
  }));
/** Amounts in cents, times ISO 8601. */
export type Transaction = z.infer<typeof Transaction> & Match;

const Page = z.object({ total_entries: z.int(), results: z.array(Transaction) });
/** The largest page the gateway was seen to give. */
const PAGE_SIZE = 100;
/** Ten thousand transactions; a firm with more in one window of time should look at them in parts. */
const MAX_PAGES = 100;

/** Whose transactions, and the key that sees them. */
export interface AccountKey {
  id: string;
  key: SecretKey;
}

/** One charge with its refunds, or one refund. @throws OutsideError (`invalid` when there is none of this id) */
export const readTransaction = (
  options: LawPayOptions,
  { key }: { key: SecretKey },
  id: string,
): Promise<Transaction> =>
  read(options, { path: `/v1/transactions/${encodeURIComponent(id)}`, key }, Transaction, refusal);

/**
 * Everything whose reference begins so; the index lags by about a second.
 * @param sinceMs epoch milliseconds.
 */
export const findTransactions = (
  options: LawPayOptions,
  account: AccountKey,
  reference: string,
  sinceMs: number,
): Promise<Transaction[]> =>
  listPages(options, account, { qf: `reference:${reference}`, start_date: isoOf(sinceMs) });

/** All transactions of one account since a moment, oldest first. @throws OutsideError */
export const listTransactions = (
  options: LawPayOptions,
  account: AccountKey,
  sinceMs: number,
): Promise<Transaction[]> => listPages(options, account, { start_date: isoOf(sinceMs), order_by: 'created' });

async function listPages(
  options: LawPayOptions,
  { id, key }: AccountKey,
  filter: Record<string, string>,
): Promise<Transaction[]> {
  const found: Transaction[] = [];
  for (let page = 1; page <= MAX_PAGES; page++) {
    const query = { ...filter, account_id: id, page: String(page), page_size: String(PAGE_SIZE) };
    const { results, total_entries: total } = await read(
      options,
      { path: '/v1/transactions', query, key },
      Page,
      refusal,
    );
    found.push(...results);
    if (results.length === 0 || found.length >= total) return found;
  }
  return found;
}

const isoOf = (ms: number): string => new Date(ms).toISOString();
