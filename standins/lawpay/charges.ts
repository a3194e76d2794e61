import { randomInt } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { requireSecretKey } from './auth.js';
import type { Books, Transaction } from './books.js';
import { LawPayRefusal, parseBody, refusal } from './errors.js';
import { accountFor } from './merchant.js';
import type { SpentToken, Tokens } from './tokens.js';

/** Integer cents, as a number or as text. */
const Cents = z
  .union([z.number(), z.string().regex(/^\d+$/).transform(Number)])
  .pipe(z.int().min(1).max(99_999_999_999_999));
const ChargeBody = z.object({
  amount: Cents,
  currency: z.string().length(3).default('USD'),
  /** A token id. A raw card object needs a permission this firm does not have. */
  method: z.union([z.string().min(1), z.record(z.string(), z.unknown())]),
  account_id: z.string().optional(),
  reference: z.string().max(128).optional(),
  data: z.record(z.string(), z.unknown()).optional(),
  auto_capture: z.boolean().default(true),
});
const CaptureBody = z.object({ amount: Cents.optional(), reference: z.string().max(128).optional() });
const RefundBody = z.object({
  amount: Cents,
  reference: z.string().max(128).optional(),
  data: z.record(z.string(), z.unknown()).optional(),
});

type ById = { Params: { id: string } };
const wrongStatus = () => refusal(422, 'not_valid_for_transaction_status');

/** Charge, capture, refund. `Idempotency-Key` means nothing here and `reference` is not unique: twice is twice. */
export function chargeRoutes(app: FastifyInstance, books: Books, tokens: Tokens): void {
  app.post('/v1/charges', (request) => {
    requireSecretKey(request.headers.authorization);
    const body = parseBody(ChargeBody, request.body);
    if (typeof body.method !== 'string')
      throw refusal(422, 'unavailable_for_merchant_policy', { context: 'method' });
    const { method: tokenId, account_id: accountId, ...content } = body;
    const token = tokens.spend(tokenId);
    const account = accountFor(accountId, token.shown.type);
    if (account instanceof LawPayRefusal) throw account;
    return shown(books, charge(books, account.id, { ...content, amount_refunded: 0 }, token));
  });

  app.post<ById>('/v1/charges/:id/capture', (request) => {
    requireSecretKey(request.headers.authorization);
    const { amount, reference } = parseBody(CaptureBody, request.body);
    const held = books.get(request.params.id);
    if (held.type !== 'CHARGE' || held.status !== 'AUTHORIZED') throw wrongStatus();
    if (amount !== undefined && amount > held.amount) throw refusal(422, 'exceeds_authorized_amount');
    const changes = { status: 'COMPLETED' as const, amount: amount ?? held.amount };
    const named = reference === undefined ? {} : { capture_reference: reference };
    return shown(books, books.change(held.id, { ...changes, ...named }, 'transaction.completed'));
  });

  app.post<ById>('/v1/charges/:id/refund', (request) => {
    requireSecretKey(request.headers.authorization);
    const { amount, ...more } = parseBody(RefundBody, request.body);
    const parent = books.get(request.params.id);
    const status = refundStatus(parent);
    const refunded = (parent.amount_refunded ?? 0) + amount;
    if (refunded > parent.amount) throw refusal(422, 'refund_exceeds_transaction', { context: 'amount' });
    const { account_id, currency, method } = parent;
    const event = {
      AUTHORIZED: 'transaction.authorized',
      COMPLETED: 'transaction.completed',
      PENDING: 'transaction.pending_parent_settlement',
    } as const;
    const content = {
      type: 'REFUND' as const,
      account_id,
      currency,
      method,
      status,
      amount,
      charge_id: parent.id,
    };
    books.change(parent.id, { amount_refunded: refunded });
    return books.open({ ...content, ...given(more) }, event[status]);
  });
}

/** Asks the processor. @throws LawPayRefusal with the stored transaction's id when it says no or breaks down. */
function charge(
  books: Books,
  accountId: string,
  content: { amount: number; currency: string; auto_capture: boolean; amount_refunded: number } & Extras,
  { shown: method, verdict }: SpentToken,
): Transaction {
  const { reference, data, ...money } = content;
  const base = {
    ...money,
    ...given({ reference, data }),
    type: 'CHARGE' as const,
    account_id: accountId,
    method,
  };
  const code = verdict.failureCode;
  if (code !== undefined) {
    const failed = books.open({ ...base, status: 'FAILED', failure_code: code });
    const message = { code, level: 'error', facility: 'payment_processor', entity_id: failed.id } as const;
    throw new LawPayRefusal(verdict.isBreakdown ? 500 : 422, [message]);
  }
  const results =
    method.type === 'card'
      ? {
          cvv_result: verdict.cvvResult ?? 'MATCHED',
          avs_result: verdict.avsResult ?? 'ADDRESS_AND_POSTAL_CODE',
        }
      : {};
  const authorization = { status: 'AUTHORIZED' as const, authorization_code: authorizationCode() };
  return books.open({ ...base, ...authorization, ...results }, 'transaction.authorized');
}

interface Extras {
  reference?: string | undefined;
  data?: Record<string, unknown> | undefined;
}

function given({ reference, data }: Extras): { reference?: string; data?: Record<string, unknown> } {
  return { ...(reference === undefined ? {} : { reference }), ...(data === undefined ? {} : { data }) };
}

/** Authorized parents are refunded before settlement, captured ones at once, eChecks after the parent has settled. */
function refundStatus(parent: Transaction): 'AUTHORIZED' | 'COMPLETED' | 'PENDING' {
  if (parent.type !== 'CHARGE') throw wrongStatus();
  if (parent.status === 'COMPLETED') return 'COMPLETED';
  if (parent.status !== 'AUTHORIZED' || parent.auto_capture === false) throw wrongStatus();
  return parent.method.type === 'bank' ? 'PENDING' : 'AUTHORIZED';
}

/** A charge shows its refunds. */
export function shown(books: Books, transaction: Transaction): object {
  if (transaction.type === 'REFUND') return transaction;
  const refunds = books.refundsOf(transaction);
  return refunds.length > 0 ? { ...transaction, refunds } : transaction;
}

/** Six capital letters, as card networks give. */
export function authorizationCode(): string {
  return Array.from({ length: 6 }, () => String.fromCharCode(65 + randomInt(26))).join('');
}
