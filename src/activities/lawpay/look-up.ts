/** Looking in LawPay for what may have been done: by our reference, exactly compared, beyond the index's lag. */
import { setTimeout as sleep } from 'node:timers/promises';
import { findMovement, type MovementRow } from '../../db/movements.js';
import { OutsideError } from '../../domain/failures.js';
import { findingOf } from '../../domain/payments/movement.js';
import { inLedger, note, tell, toldBy, type Passage } from './passage.js';

/** Looks after a lost answer before a person is asked: with the default pause at 2, 6 and 14 seconds. */
export const LOOKS = 3;

/** @returns the movement when LawPay has told of it, or tells now; undefined when nothing was sent or nothing is found. */
export async function findMoved(passage: Passage): Promise<MovementRow | undefined> {
  const row = await inLedger(passage, (scope) => findMovement(scope, passage));
  if (row?.state === 'answered') return row;
  return row?.state === 'sent' ? lookUp(passage, row, { looks: 1 }) : undefined;
}

/** @param known id of a transaction that LawPay named. @returns the row once LawPay tells. @throws OutsideError `conflict` when what is there is not ours alone */
export async function lookUp(
  passage: Passage,
  row: MovementRow,
  { looks, known }: { looks: number; known?: string | undefined },
): Promise<MovementRow | undefined> {
  const { deps, signal, reference } = passage;
  for (let look = 0; look < looks; look++) {
    await sleep(deps.settleMs * 2 ** look, undefined, { signal });
    const wanted = { ...row, type: row.kind };
    const finding = findingOf(await passage.search(row, known), wanted);
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
