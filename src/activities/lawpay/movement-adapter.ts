/** What charging and giving back have in common: one movement under one reference, looked for before it is sent. */
import { findTransactions, type Transaction } from '../../clients/lawpay/transactions.js';
import type { Pacer } from '../../clients/pacer.js';
import type { MovementRow } from '../../db/movements.js';
import type { WriteRequest } from '../../domain/writes.js';
import type { Landed, WriteAdapter } from '../make-once.js';
import { gatewayOf, type AtGateway } from './at-gateway.js';
import { notingRefusal } from './firm.js';
import { mayGo } from './ledger.js';
import { findMoved } from './look-up.js';
import type { LedgerDeps, Passage } from './passage.js';

/** LawPay's clock and ours may differ; a search begins so much earlier than we sent. Milliseconds. */
const SEARCH_BEFORE_MS = 86_400_000;

export interface Movement {
  /** What LawPay has under the movement's reference; `known` is the id of a transaction that it named. */
  search(at: AtGateway, row: MovementRow, known: string | undefined): Promise<Transaction[]>;
  /** @returns the row once LawPay has answered. */
  send(passage: Passage, at: AtGateway): Promise<MovementRow>;
  /** @throws OutsideError when what LawPay has told of the movement is no end. */
  landed(row: MovementRow): Landed;
}

export function movementAdapter(
  deps: LedgerDeps,
  request: Extract<WriteRequest, { operation: 'lawpay.charge.create' | 'lawpay.charge.reverse' }>,
  signal: AbortSignal,
  pacer: Pacer,
  movement: Movement,
): WriteAdapter {
  const { tenantId, key: reference, payload } = request;
  const open = gatewayOf(deps, { tenantId, account: payload.deposit.account }, signal, pacer);
  const passage: Passage = {
    ...{ deps, tenantId, reference, signal },
    search: async (row, known) => movement.search(await open(), row, known),
  };
  const noting = <T>(work: () => Promise<T>): Promise<T> => notingRefusal(deps, tenantId, work);
  return {
    find: () =>
      noting(async () => {
        const row = await findMoved(passage);
        return row && movement.landed(row);
      }),
    provenUndone: () => mayGo(passage, payload.provenUndone),
    create: () =>
      noting(async () => ({
        ...movement.landed(await movement.send(passage, await open())),
        referenced: true,
      })),
    carriesReference: async () => (await findMoved(passage)) !== undefined,
  };
}

/** All transactions of the account that carry this reference, since shortly before it was sent. */
export const underReference = (
  { options, account }: AtGateway,
  { reference, sentAt }: MovementRow,
): Promise<Transaction[]> =>
  findTransactions(
    options,
    { id: account.account.id, key: account.key },
    reference,
    (sentAt?.getTime() ?? Date.now()) - SEARCH_BEFORE_MS,
  );
