import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { requireSecretKey } from './auth.js';
import type { StandinKit } from '../kit/standin.js';
import type { Books, Transaction } from './books.js';
import { Cents, given } from './charges.js';
import { parseBody, refusal } from './errors.js';
import type { LawPaySettings } from './settings.js';

const CaptureBody = z.object({ amount: Cents.optional(), reference: z.string().max(128).optional() });
const VoidBody = z.object({ reference: z.string().max(128).optional() });
const RefundBody = z.object({
  amount: Cents,
  reference: z.string().max(128).optional(),
  data: z.record(z.string(), z.unknown()).optional(),
});

const FailOrder = z.strictObject({ id: z.string(), code: z.string().default('settlement_failed') });

type ById = { Params: { id: string } };
const wrongStatus = () => refusal(422, 'not_valid_for_transaction_status');

/** Capture, refund, void: what may happen to a charge after it was made. */
export function chargeChangeRoutes(
  app: FastifyInstance,
  { clock, settings }: StandinKit<LawPaySettings>,
  books: Books,
): void {
  app.post<ById>('/v1/charges/:id/capture', (request) => {
    requireSecretKey(request.headers.authorization);
    const { amount, reference } = parseBody(CaptureBody, request.body);
    const held = books.get(request.params.id);
    if (held.type !== 'CHARGE' || held.status !== 'AUTHORIZED') throw wrongStatus();
    if (amount !== undefined && amount > held.amount) throw refusal(422, 'exceeds_authorized_amount');
    const changes = { status: 'COMPLETED' as const, amount: amount ?? held.amount };
    const named = reference === undefined ? {} : { capture_reference: reference };
    return books.shown(books.change(held.id, { ...changes, ...named }, 'transaction.completed'));
  });

  app.post<ById>('/v1/charges/:id/refund', (request) => {
    requireSecretKey(request.headers.authorization);
    return refund(books, books.get(request.params.id), parseBody(RefundBody, request.body));
  });

  // What LawPay took on fails days later: an eCheck that bounces, a refund to a card that is closed.
  app.post('/__control/fail', (request) => {
    const { id, code } = parseBody(FailOrder, request.body);
    const failed = books.change(id, { status: 'FAILED', failure_code: code }, 'transaction.failed');
    giveUp(books, failed);
    return failed;
  });

  app.post<ById>('/v1/transactions/:id/void', (request) => {
    requireSecretKey(request.headers.authorization);
    const { reference } = parseBody(VoidBody, request.body);
    const target = books.get(request.params.id);
    const isRefunded = books.refundsOf(target).some(({ status }) => status !== 'VOIDED');
    const ageMs = clock.nowMs() - Date.parse(target.created);
    const isClosed = settings.voidWindowMs !== null && ageMs > settings.voidWindowMs;
    if (target.status !== 'AUTHORIZED' || isRefunded || isClosed)
      throw refusal(422, 'not_valid_for_transaction_status');
    const named = reference === undefined ? {} : { void_reference: reference };
    const voided = books.change(target.id, { status: 'VOIDED', ...named }, 'transaction.voided');
    giveUp(books, target);
    return books.shown(voided);
  });
}

/** A refund that comes to nothing is no longer counted with its charge. */
function giveUp(books: Books, { charge_id: chargeId, amount }: Transaction): void {
  if (chargeId === undefined) return;
  const parent = books.get(chargeId);
  books.change(parent.id, { amount_refunded: (parent.amount_refunded ?? 0) - amount });
}

const refundEvents = {
  AUTHORIZED: 'transaction.authorized',
  COMPLETED: 'transaction.completed',
  PENDING: 'transaction.pending_parent_settlement',
} as const;

function refund(books: Books, parent: Transaction, body: z.infer<typeof RefundBody>): Transaction {
  const { amount, ...more } = body;
  const status = refundStatus(parent);
  const refunded = (parent.amount_refunded ?? 0) + amount;
  if (refunded > parent.amount) throw refusal(422, 'refund_exceeds_transaction', { context: 'amount' });
  const { account_id, currency, method, id } = parent;
  books.change(id, { amount_refunded: refunded });
  const money = { account_id, currency, method, status, amount, charge_id: id };
  return books.open({ type: 'REFUND', ...money, ...given(more) }, refundEvents[status]);
}

/** Authorized parents are refunded before settlement, captured ones at once, eChecks after the parent has settled. */
function refundStatus(parent: Transaction): 'AUTHORIZED' | 'COMPLETED' | 'PENDING' {
  if (parent.type !== 'CHARGE') throw wrongStatus();
  if (parent.status === 'COMPLETED') return 'COMPLETED';
  if (parent.status !== 'AUTHORIZED' || parent.auto_capture === false) throw wrongStatus();
  return parent.method.type === 'bank' ? 'PENDING' : 'AUTHORIZED';
}
