/**
 * Sending money at most once without proof. The ledger's row says whether a request may leave; every answer, and every
 * transaction found under our reference, is written there before anything else is done with it.
 */
import type { Moved } from '../../clients/lawpay/gateway.js';
import { changeMovement, findMovement, openMovement, type MovementRow } from '../../db/movements.js';
import type { TenantScope } from '../../db/tenant.js';
import { OutsideError } from '../../domain/failures.js';
import type { Deposit } from '../../domain/payments/deposit.js';
import { LOOKS, lookUp } from './look-up.js';
import { inLedger, note, toldBy, type Passage } from './passage.js';

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
  const moved = await send();
  if (moved.kind === 'unsent') {
    await note(passage, { kind: 'undone', send: row.sends });
    throw moved.error;
  }
  if (moved.kind === 'refused') return moved;
  if (moved.kind === 'done') return note(passage, { kind: 'answered' }, toldBy(moved.transaction));
  const answered = await lookUp(passage, row, { looks: LOOKS, known: moved.transactionId });
  if (answered) return answered;
  throw moved.error;
}

/** For the person who finds it parked. */
export const unproven = (reference: string): OutsideError =>
  new OutsideError(
    'outcome_unknown',
    `an earlier request may have moved the money: look for reference ${reference} in LawPay; retry once it shows there, or edit provenUndone when it surely does not`,
  );
