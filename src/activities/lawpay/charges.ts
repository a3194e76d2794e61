/** Charging a card that the payer's browser has turned into a token. */
import { openAccount, readAccounts, type OpenAccount } from '../../clients/lawpay/accounts.js';
import { charge, type Moved } from '../../clients/lawpay/gateway.js';
import { findTransactions } from '../../clients/lawpay/transactions.js';
import type { Pacer } from '../../clients/pacer.js';
import type { MovementRow } from '../../db/movements.js';
import { OutsideError } from '../../domain/failures.js';
import type { WriteRequest } from '../../domain/writes.js';
import type { WriteAdapter } from '../make-once.js';
import { notingRefusal, openFirm, type FirmAtLawPay } from './firm.js';
import {
  claim,
  findMoved,
  landedOf,
  mayGo,
  note,
  sendClaimed,
  unproven,
  type LedgerDeps,
  type Passage,
} from './ledger.js';

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
  const open = async (): Promise<{ firm: FirmAtLawPay; account: OpenAccount }> => {
    const firm = await openFirm(deps, tenantId, signal, pacer);
    const accounts = await readAccounts(firm.options, firm.settings.mode);
    return { firm, account: openAccount(accounts, payload.deposit.account) };
  };
  const passage: Passage = {
    ...{ deps, tenantId, reference, signal },
    search: async (row) => {
      const { firm, account } = await open();
      const sinceMs = (row.sentAt?.getTime() ?? Date.now()) - SEARCH_BEFORE_MS;
      return findTransactions(firm.options, { id: account.account.id, key: account.key }, reference, sinceMs);
    },
  };
  const noting = <T>(work: () => Promise<T>): Promise<T> => notingRefusal(deps, tenantId, work);
  return {
    find: () => noting(() => findMoved(passage)),
    provenUndone: () => mayGo(passage, payload.provenUndone),
    create: () =>
      noting(async () => {
        // LawPay confirms the account's kind before each charge: keys and accounts are changed in its web application.
        const { firm, account } = await open();
        const row = await claim(passage, payload);
        const send = (): Promise<Moved> =>
          charge(firm.options, account, { deposit: payload.deposit, token: payload.token, reference });
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
  { code, transactionId, error }: Extract<Moved, { kind: 'refused' }>,
): Promise<MovementRow> {
  const failed = (failureCode: string): Promise<MovementRow> =>
    note(passage, { kind: 'answered' }, { transactionId, status: 'FAILED', failureCode });
  if (DECLINE.test(code)) return failed(code);
  if (code === 'resource_not_found') {
    // A token works once. Where more than one request went out, the one before may have used it up.
    if (row.sends > 1) throw unproven(passage.reference);
    return failed('token_expired');
  }
  await note(passage, { kind: 'undone', send: row.sends });
  if (error.errorClass === 'unavailable') throw new OutsideError('internal', error.message);
  throw error;
}
