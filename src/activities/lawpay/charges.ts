/** Charging a card that the payer's browser has turned into a token. */
import { charge, type Moved } from '../../clients/lawpay/gateway.js';
import { findTransactions, readTransaction } from '../../clients/lawpay/transactions.js';
import type { Pacer } from '../../clients/pacer.js';
import type { MovementRow } from '../../db/movements.js';
import { OutsideError } from '../../domain/failures.js';
import type { WriteRequest } from '../../domain/writes.js';
import type { WriteAdapter } from '../make-once.js';
import { gatewayOf } from './at-gateway.js';
import { notingRefusal } from './firm.js';
import { claim, mayGo, sendClaimed, unproven } from './ledger.js';
import { findMoved } from './look-up.js';
import { landedOf, note, type LedgerDeps, type Passage } from './passage.js';

export type ChargeRequest = Extract<WriteRequest, { operation: 'lawpay.charge.create' }>;

/** LawPay's clock and ours may differ; a search begins so much earlier than we sent. */
export const SEARCH_BEFORE_MS = 86_400_000;

/** Refusals that are an answer to the payer and not a fault of ours: another card may be taken. */
const DECLINE = /^(?:card_|ach_|payment_method_expired)/;

export function chargeAdapter(
  deps: LedgerDeps,
  request: ChargeRequest,
  signal: AbortSignal,
  pacer: Pacer,
): WriteAdapter {
  const { tenantId, key: reference, payload } = request;
  const { account } = payload.deposit;
  const open = gatewayOf(deps, { tenantId, account }, signal, pacer);
  const passage: Passage = {
    ...{ deps, tenantId, reference, signal },
    search: async (row, known) => {
      const at = await open();
      const sinceMs = (row.sentAt?.getTime() ?? Date.now()) - SEARCH_BEFORE_MS;
      const named = known === undefined ? [] : [await readTransaction(at.options, at.account, known)];
      const whose = { id: account.id, key: at.account.key };
      return [...named, ...(await findTransactions(at.options, whose, reference, sinceMs))];
    },
  };
  const noting = <T>(work: () => Promise<T>): Promise<T> => notingRefusal(deps, tenantId, work);
  return {
    find: () =>
      noting(async () => {
        const row = await findMoved(passage);
        return row && landedOf(row);
      }),
    provenUndone: () => mayGo(passage, payload.provenUndone),
    create: () =>
      noting(async () => {
        const at = await open();
        const row = await claim(passage, { deposit: payload.deposit });
        const { deposit, token } = payload;
        const send = (): Promise<Moved> => charge(at.options, at.account, { deposit, token, reference });
        const end = await sendClaimed(passage, row, send);
        const answered = end.kind === 'refused' ? await refusedAs(passage, row, end) : end;
        return { ...landedOf(answered), referenced: true };
      }),
    carriesReference: async () => (await findMoved(passage)) !== undefined,
  };
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
