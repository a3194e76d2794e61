/**
 * Sending money at most once without proof. The ledger's row says whether a request may leave; every answer, and every
 * transaction found under our reference, is written there before anything else is done with it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Moved } from '../../clients/lawpay/gateway.js';
import type { Transaction } from '../../clients/lawpay/transactions.js';
import { raiseAlert, resolveAlert, type Alert } from '../../db/alerts.js';
import {
  changeMovement,
  findMovement,
  openMovement,
  type MovementRow,
  type Told,
} from '../../db/movements.js';
import { withTenant, type TenantScope } from '../../db/tenant.js';
import { OutsideError } from '../../domain/failures.js';
import type { TenantId } from '../../domain/ids.js';
import type { Deposit } from '../../domain/payments/deposit.js';
import { findingOf, type MovementEvent } from '../../domain/payments/movement.js';
import type { AlertPort } from '../alerts.js';
import type { Landed } from '../make-once.js';
import type { FirmDeps } from './firm.js';

export interface LedgerDeps extends FirmDeps {
  alerts: AlertPort;
  /** Pause before the first look-up after a lost answer; doubles with each further one. Milliseconds. */
  settleMs: number;
}

/** Looks after a lost answer before a person is asked: with the default pause at 2, 6 and 14 seconds. */
const LOOKS = 3;

/** One movement on its way. */
export interface Passage {
  deps: LedgerDeps;
  tenantId: TenantId;
  /** The operation key; LawPay keeps it as the reference. */
  reference: string;
  signal: AbortSignal;
  /** What LawPay has under our reference; of some there are several. */
  search(row: MovementRow): Promise<Transaction[]>;
}

/** What a landed movement leaves: a refused one has no transaction, and is named by its own reference. */
export const landedOf = ({ transactionId, reference }: MovementRow): Landed => ({
  externalId: transactionId ?? reference,
});

export const inLedger = <T>(
  { deps, tenantId }: Pick<Passage, 'deps' | 'tenantId'>,
  work: (scope: TenantScope) => Promise<T>,
): Promise<T> => withTenant(deps.pool, tenantId, work);

/** @returns the movement when LawPay has told of it, or tells now; undefined when nothing was sent or nothing is found. */
export async function findMoved(passage: Passage): Promise<Landed | undefined> {
  const row = await inLedger(passage, (scope) => findMovement(scope, passage));
  if (row?.state === 'answered') return landedOf(row);
  if (row?.state !== 'sent') return undefined;
  const answered = await lookUp(passage, row, 1);
  return answered && landedOf(answered);
}

/** Whether a movement may go out although an earlier attempt may have sent it: it did not, or a person has looked. */
export async function mayGo(passage: Passage, provenUndone: number | undefined): Promise<boolean> {
  const row = await inLedger(passage, (scope) => findMovement(scope, passage));
  if (!row || row.state === 'ready') return true;
  if (row.state !== 'sent' || provenUndone === undefined) return false;
  return (await note(passage, { kind: 'cleared', send: provenUndone })).state === 'ready';
}

/**
 * Takes leave to send. In the same transaction `check` may refuse.
 * @throws OutsideError `outcome_unknown` when an earlier request is unproven, `conflict` when it was given up
 */
export function claim(
  passage: Passage,
  asked: { deposit: Deposit; ofTransaction?: string; how?: 'void' | 'refund' },
  check: (scope: TenantScope) => Promise<void> = () => Promise.resolve(),
): Promise<MovementRow> {
  return inLedger(passage, async (scope) => {
    const { state } = await openMovement(scope, passage, asked);
    if (state === 'closed') throw new OutsideError('conflict', 'nobody waits for this payment any more');
    if (state !== 'ready') throw unproven(passage.reference);
    await check(scope);
    const told = asked.how ? { how: asked.how } : {};
    const sent = await changeMovement(scope, passage, { kind: 'send' }, told);
    if (!sent?.fitted) throw unproven(passage.reference);
    return sent.row;
  });
}

/**
 * Sends, and notes what its answer proves.
 * @returns the row when LawPay told; the refusal when it said no and nothing moved.
 * @throws OutsideError `outcome_unknown` when neither its answer nor a look-up tells
 */
export async function sendClaimed(
  passage: Passage,
  row: MovementRow,
  send: () => Promise<Moved>,
): Promise<MovementRow | Extract<Moved, { kind: 'refused' }>> {
  const moved = await send().catch(async (error: unknown) => {
    // The request never left: our pace had no slot, or nobody took the connection.
    if (error instanceof OutsideError) await note(passage, { kind: 'undone', send: row.sends });
    throw error;
  });
  if (moved.kind === 'refused') return moved;
  if (moved.kind === 'done') return note(passage, { kind: 'answered' }, toldBy(moved.transaction));
  const answered = await lookUp(passage, row, LOOKS);
  if (answered) return answered;
  throw moved.error;
}

/** Looks for our reference. @returns the row once LawPay tells. @throws OutsideError `conflict` when what is there is not ours alone */
async function lookUp(passage: Passage, row: MovementRow, looks: number): Promise<MovementRow | undefined> {
  const { deps, signal, reference } = passage;
  for (let look = 0; look < looks; look++) {
    await sleep(deps.settleMs * 2 ** look, undefined, { signal });
    const wanted = { ...row, type: row.kind };
    const finding = findingOf(await passage.search(row), wanted);
    if (finding.kind === 'one' || finding.kind === 'failed')
      return note(passage, { kind: 'answered' }, toldBy(finding.match));
    if (finding.kind === 'wrong') {
      await tell(passage, `a movement of money is not as it was ordered: ${finding.why}`);
      throw new OutsideError('conflict', `${finding.why}: look at reference ${reference} in LawPay`);
    }
  }
  await tell(
    passage,
    'nobody knows whether money has moved: its answer was lost and LawPay shows nothing yet',
  );
  return undefined;
}

/** Changes the row by the rules; with an answer or a person's word the alert ends. */
export const note = (passage: Passage, event: MovementEvent, told: Told = {}): Promise<MovementRow> =>
  inLedger(passage, async (scope) => {
    const changed = await changeMovement(scope, passage, event, told);
    if (!changed) throw new OutsideError('internal', 'a movement of money vanished from our ledger');
    if (changed.row.state !== 'sent') await resolveAlert(scope, alertOf(passage));
    return changed.row;
  });

const alertOf = ({ tenantId, reference }: Passage) =>
  ({ tenantId, kind: 'payment.unproven', subject: reference }) as const;

async function tell(passage: Passage, message: string): Promise<void> {
  const alert: Alert = { ...alertOf(passage), severity: 'critical', message };
  if (await inLedger(passage, (scope) => raiseAlert(scope, alert))) passage.deps.alerts.announce([alert]);
}

const toldBy = ({ id, status, failureCode }: Transaction): Told => ({
  transactionId: id,
  status,
  failureCode,
});

/** For the person who finds it parked. */
export const unproven = (reference: string): OutsideError =>
  new OutsideError(
    'outcome_unknown',
    `an earlier request may have moved the money: look for reference ${reference} in LawPay; retry once it shows there, or edit provenUndone when it surely does not`,
  );
