/** Deals the blows as the run comes to their points. */
import { setTimeout as pause } from 'node:timers/promises';
import { createDice } from '../fuzz/dice.js';
import { planBlows, strike } from './disturb.js';
import type { Plan } from './intents.js';
import type { ChaosOptions } from './options.js';
import type { ChaosSite } from './site.js';
import { countUp, standings, type Counts } from './watch.js';

const LOOK_MS = 500;
/** Longest that nothing lands before the next blow comes all the same. */
const STALLED_MS = 120_000;

/**
 * Returns when all are dealt.
 * @param tell what has just happened, or how far the run is.
 * @returns how often each happened, and how many requests met a silent vendor.
 */
export async function dealBlows(
  site: ChaosSite,
  plan: Plan,
  { seed, writes, kills, restarts }: Pick<ChaosOptions, 'seed' | 'writes' | 'kills' | 'restarts'>,
  tell: { counts: (counts: Counts) => void; note: (line: string) => void },
  stop: AbortSignal,
): Promise<{ dealt: Record<string, number>; silent: Record<string, number> }> {
  const dealt: Record<string, number> = {};
  const silent: Record<string, number> = {};
  for (const { what, atLanded } of planBlows(createDice(seed + 1), writes, kills, restarts)) {
    await untilLanded(site, plan, atLanded, tell.counts, stop);
    const nth = dealt[what] ?? 0;
    dealt[what] = nth + 1;
    tell.note(`${what} at ${atLanded} landed`);
    const hits = await strike(site, what, nth);
    if (what.endsWith('silent')) silent[what] = hits;
  }
  return { dealt, silent };
}

async function untilLanded(
  site: ChaosSite,
  plan: Plan,
  wanted: number,
  onCounts: (counts: Counts) => void,
  stop: AbortSignal,
): Promise<void> {
  let best = -1;
  let sinceMs = Date.now();
  for (;;) {
    stop.throwIfAborted();
    const counts = countUp(plan, await standings(site));
    onCounts(counts);
    if (counts.landed >= wanted || Date.now() - sinceMs > STALLED_MS) return;
    if (counts.landed > best) {
      best = counts.landed;
      sinceMs = Date.now();
    }
    await pause(LOOK_MS);
  }
}
