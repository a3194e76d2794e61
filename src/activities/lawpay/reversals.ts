/** Giving a charge back: voided while nothing is settled, refunded otherwise, each reference once and never too much. */
import { refund, voidCharge } from '../../clients/lawpay/gateway.js';
import { readTransaction, type Transaction } from '../../clients/lawpay/transactions.js';
import type { Pacer } from '../../clients/pacer.js';
import { givenBack, type MovementRow } from '../../db/movements.js';
import { OutsideError } from '../../domain/failures.js';
import { leftCents, planReversal } from '../../domain/payments/reversal.js';
import type { WriteRequest } from '../../domain/writes.js';
import type { Landed, WriteAdapter } from '../make-once.js';
import type { AtGateway } from './at-gateway.js';
import { claim, sendClaimed } from './ledger.js';
import { movementAdapter, underReference } from './movement-adapter.js';
import { landedOf, note, type LedgerDeps, type Passage } from './passage.js';

export type ReversalRequest = Extract<WriteRequest, { operation: 'lawpay.charge.reverse' }>;

/** Until the processor has said something of a pending charge, or a capture batch is over. Milliseconds. */
const ASK_AGAIN_MS = 600_000;
/** The window to void may have closed, which nothing shows beforehand; then it is a refund, and no third way is left. */
const PLANS = 2;

export const reversalAdapter = (
  deps: LedgerDeps,
  request: ReversalRequest,
  signal: AbortSignal,
  pacer: Pacer,
): WriteAdapter =>
  movementAdapter(deps, request, signal, pacer, {
    search: async (at, row) => {
      const found = await ofCharge(at, row);
      return [...found, ...(await underReference(at, row)).filter(({ type }) => type === 'REFUND')];
    },
    send: (passage, at) => reverse(passage, request, at),
    landed: givenBackBy,
  });

/** A refund that LawPay took on and could not carry out is told to a person: the client has no money back. */
function givenBackBy(row: MovementRow): Landed {
  if (row.status !== 'FAILED') return landedOf(row);
  const why = row.failureCode ?? 'no reason given';
  throw new OutsideError('conflict', `the refund failed at LawPay (${why}): discard this and order another`);
}

async function reverse(
  passage: Passage,
  { payload, key }: ReversalRequest,
  at: AtGateway,
): Promise<MovementRow> {
  const { transactionId, deposit } = payload;
  for (let plans = 1; ; plans++) {
    const charged = await readTransaction(at.options, at.account, transactionId);
    const how = howToReverse(charged, payload, plans > 1);
    const row = await claim(passage, { deposit, ofTransaction: transactionId, how }, async (scope) => {
      const left = leftCents(charged, await givenBack(scope, passage, transactionId));
      if (deposit.amountCents > left)
        throw new OutsideError('invalid', 'more than is left of the charge, counting what is on its way');
    });
    const ask = { transactionId, deposit, reference: key };
    const end = await sendClaimed(passage, row, () =>
      how === 'void' ? voidCharge(at.options, at.account, ask) : refund(at.options, at.account, ask),
    );
    if (end.kind !== 'refused') return end;
    await note(passage, { kind: 'undone', send: row.sends });
    if (end.code === 'unavailable_due_to_capture_in_process')
      throw new OutsideError('rate_limited', 'the charge is just being settled', ASK_AGAIN_MS);
    if (how === 'refund' || end.code !== 'not_valid_for_transaction_status' || plans === PLANS)
      throw end.error;
  }
}

function howToReverse(
  charged: Transaction,
  { deposit }: ReversalRequest['payload'],
  isVoidShut: boolean,
): 'void' | 'refund' {
  if (charged.type !== 'CHARGE') throw new OutsideError('invalid', 'this transaction is no charge');
  if (charged.accountId !== deposit.account.id)
    throw new OutsideError('invalid', 'the charge lies in another account than the one named');
  const plan = planReversal(charged, deposit.amountCents, isVoidShut);
  if (plan.kind === 'refuse') throw new OutsideError('conflict', plan.why);
  if (plan.kind === 'wait')
    throw new OutsideError('rate_limited', 'the processor has not confirmed the charge yet', ASK_AGAIN_MS);
  return plan.kind;
}

/** The charge itself names its refunds and its void, and does not lag as the index does. */
async function ofCharge(at: AtGateway, { reference, ofTransaction }: MovementRow): Promise<Transaction[]> {
  if (ofTransaction === null) return [];
  const charged = await readTransaction(at.options, at.account, ofTransaction);
  const voided = charged.status === 'VOIDED' && charged.voidReference === reference;
  const found = charged.refunds.map((one) => ({ ...charged, ...one, type: 'REFUND' as const }));
  // The void of a charge is no transaction of its own: the charge stands for it.
  return voided ? [...found, { ...charged, type: 'REFUND', reference }] : found;
}
