/** Where the wanted writes stand, as the list knows it; and whether anything still moves. */
import { setTimeout as pause } from 'node:timers/promises';
import { withTenant } from '../../src/db/tenant.js';
import type { ErrorClass } from '../../src/domain/failures.js';
import type { WritePhase } from '../../src/domain/writes.js';
import { allIntents, type Intent, type Plan } from './intents.js';
import type { ChaosSite } from './site.js';

export interface Standing {
  state: WritePhase;
  errorClass: ErrorClass | null;
  attempts: number;
}
export type Standings = ReadonlyMap<string, Standing>;

/** By workflow id. */
export const standings = ({ pool, tenantId }: ChaosSite): Promise<Standings> =>
  withTenant(pool, tenantId, async (scope) => {
    const { rows } = await scope.query<Standing & { id: string }>(
      'select workflow_id as id, state, error_class as "errorClass", attempts from writes where tenant_id = $1',
      [tenantId],
    );
    return new Map(rows.map(({ id, ...standing }) => [id, standing]));
  });

export interface Counts {
  landed: number;
  parked: number;
  /** Under way, or not begun. */
  moving: number;
}

/** A write of a call that waits for an earlier one of the same call, which is parked, rests with it. */
export function countUp(plan: Plan, known: Standings): Counts {
  const counts: Counts = { landed: 0, parked: 0, moving: 0 };
  const stateOf = ({ workflowId }: Intent): WritePhase | undefined => known.get(workflowId)?.state;
  const resting = new Set(
    plan.calls
      .filter(({ intents }) => intents.some((intent) => stateOf(intent) === 'parked'))
      .flatMap(({ intents }) => intents.filter((intent) => stateOf(intent) === undefined)),
  );
  for (const intent of allIntents(plan)) {
    const state = stateOf(intent);
    if (state === 'done') counts.landed += 1;
    else if (state === 'parked') counts.parked += 1;
    else if (!resting.has(intent)) counts.moving += 1;
  }
  return counts;
}

const LOOK_MS = 1_000;
/** Nothing has changed for so long, although something should: what is left is lost. */
const STUCK_MS = 180_000;
/** So often in a row nothing may move before it counts as quiet: a parked write may be woken in between. */
const QUIET_LOOKS = 4;

/** Waits until everything has landed or parked. @returns false when it never came to that. */
export async function untilQuiet(
  site: ChaosSite,
  plan: Plan,
  onCounts: (counts: Counts) => void,
  stop: AbortSignal,
): Promise<boolean> {
  let quiet = 0;
  let last = '';
  let changedMs = Date.now();
  while (quiet < QUIET_LOOKS) {
    stop.throwIfAborted();
    const known = await standings(site);
    const counts = countUp(plan, known);
    onCounts(counts);
    quiet = counts.moving === 0 ? quiet + 1 : 0;
    const attempts = [...known.values()].reduce((sum, standing) => sum + standing.attempts, 0);
    const now = JSON.stringify([counts, attempts]);
    if (now !== last) changedMs = Date.now();
    last = now;
    if (Date.now() - changedMs > STUCK_MS) return false;
    if (counts.moving === 0 && counts.parked === 0) return true;
    await pause(LOOK_MS);
  }
  return true;
}
