/** Charging a card that the payer's browser has turned into a token. */
import { charge, type Moved } from '../../clients/lawpay/gateway.js';
import { readTransaction } from '../../clients/lawpay/transactions.js';
import type { Pacer } from '../../clients/pacer.js';
import type { MovementRow } from '../../db/movements.js';
import { OutsideError } from '../../domain/failures.js';
import type { WriteRequest } from '../../domain/writes.js';
import type { WriteAdapter } from '../make-once.js';
import type { AtGateway } from './at-gateway.js';
import { claim, sendClaimed, unproven } from './ledger.js';
import { movementAdapter, underReference } from './movement-adapter.js';
import { landedOf, note, type LedgerDeps, type Passage } from './passage.js';

export type ChargeRequest = Extract<WriteRequest, { operation: 'lawpay.charge.create' }>;

/** Refusals that are an answer to the payer and not a fault of ours: another card may be taken. */
const DECLINE = /^(?:card_|ach_|payment_method_expired)/;

export const chargeAdapter = (
  deps: LedgerDeps,
  request: ChargeRequest,
  signal: AbortSignal,
  pacer: Pacer,
): WriteAdapter =>
  movementAdapter(deps, request, signal, pacer, {
    search: async (at, row, known) => {
      const named = known === undefined ? [] : [await readTransaction(at.options, at.account, known)];
      return [...named, ...(await underReference(at, row))];
    },
    send: (passage, at) => chargeOnce(passage, request, at),
    landed: landedOf,
  });

async function chargeOnce(
  passage: Passage,
  { key: reference, payload: { deposit, token } }: ChargeRequest,
  at: AtGateway,
): Promise<MovementRow> {
  const row = await claim(passage, { deposit });
  const send = (): Promise<Moved> => charge(at.options, at.account, { deposit, token, reference });
  const end = await sendClaimed(passage, row, send);
  return end.kind === 'refused' ? refusedAs(passage, row, end) : end;
}

/** A decline ends the movement: the payer tries another card under another reference. Our own mistakes may be mended. */
async function refusedAs(
  passage: Passage,
  row: MovementRow,
  { code, about, transactionId, error }: Extract<Moved, { kind: 'refused' }>,
): Promise<MovementRow> {
  const failed = (failureCode: string): Promise<MovementRow> =>
    note(passage, { kind: 'answered' }, { transactionId, status: 'FAILED', failureCode });
  if (DECLINE.test(code)) return failed(code);
  if (code === 'resource_not_found' && !about.startsWith('Account')) {
    // A token works once. Where more than one request went out, the one before may have used it up.
    if (row.sends > 1) throw unproven(passage.reference);
    return failed('token_expired');
  }
  await note(passage, { kind: 'undone', send: row.sends });
  if (error.errorClass === 'unavailable') throw new OutsideError('internal', error.message);
  throw error;
}
