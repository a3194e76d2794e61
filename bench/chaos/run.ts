/** The whole run: wanting, disturbing, waiting, redriving, comparing. */
import type { Progress } from '../../src/cli/up/progress.js';
import type { ErrorClass } from '../../src/domain/failures.js';
import type { WriteOutcome } from '../../src/workflows/messages.js';
import { accounts } from './accounts.js';
import { dealBlows } from './blows.js';
import { faultsOf, faultsOfReads } from './fates.js';
import { orderFaults } from './injected.js';
import { allIntents, planIntents, type Plan } from './intents.js';
import type { ChaosOptions } from './options.js';
import { judgeParked } from './parked.js';
import { redriveAll } from './redrive.js';
import type { ChaosResult } from './result.js';
import { openSite, type ChaosSite } from './site.js';
import { startAll, startWrite } from './start.js';
import type { Counts } from './watch.js';

export interface Reporter extends Progress {
  counts(counts: Counts): void;
}

/** @throws what `openSite` throws, and when `stop` aborts; everything is stopped then. */
export async function runChaos(
  options: ChaosOptions,
  tell: Reporter,
  stop: AbortSignal,
): Promise<ChaosResult> {
  const site = await openSite(tell, stop);
  try {
    const plan = planIntents(options.seed, options.writes);
    return await run(site, plan, options, tell, stop);
  } finally {
    await site.close();
  }
}

async function run(
  site: ChaosSite,
  plan: Plan,
  options: ChaosOptions,
  tell: Reporter,
  stop: AbortSignal,
): Promise<ChaosResult> {
  const injected = await orderFaults(site, faultsFor(plan));
  const parents = await makeParents(site, plan);
  const begunMs = performance.now();
  const { dealt, silent } = await together(stop, (both) => [
    dealBlows(site, plan, options, tell, both),
    startAll(site, plan, parents, both),
  ]);
  const seen = new Map<string, ErrorClass | null>();
  const rounds = await redriveAll(site, plan, {
    onCounts: (counts) => tell.counts(counts),
    beforeJob: async (parked) => {
      for (const [id, { errorClass }] of parked) if (!seen.has(id)) seen.set(id, errorClass);
      tell.note(`${parked.size} parked; redriving them`);
      await injected.endLasting();
    },
    stop,
  });
  const seconds = (performance.now() - begunMs) / 1_000;
  const faults = { ...(await injected.met()), ...silent };
  const parked = judgeParked(allIntents(plan), seen, faults);
  tell.note('comparing the ledgers');
  return {
    writes: options.writes,
    seconds,
    blows: dealt,
    faults,
    parked,
    rounds,
    ...(await accounts(site, plan)),
  };
}

/** Does both, and ends the other when one fails. @returns what the first gave. */
async function together<T>(
  stop: AbortSignal,
  work: (signal: AbortSignal) => [Promise<T>, Promise<void>],
): Promise<T> {
  const over = new AbortController();
  const giveUp = (): void => over.abort(stop.reason);
  stop.addEventListener('abort', giveUp);
  try {
    const [first] = await Promise.all(work(over.signal));
    return first;
  } finally {
    stop.removeEventListener('abort', giveUp);
    over.abort(new Error('the run is over'));
  }
}

/** Reads a payment request makes at LawPay. */
const READS_PER_LINK = 2;

const faultsFor = (plan: Plan) => [
  ...allIntents(plan).flatMap(({ system, key, fate }) => (fate === null ? [] : faultsOf(system, key, fate))),
  ...faultsOfReads(READS_PER_LINK * plan.direct.filter(({ system }) => system === 'lawpay').length),
];

async function makeParents(site: ChaosSite, plan: Plan): Promise<number[]> {
  const ids: number[] = [];
  for (const parent of plan.parents) {
    const handle = site.temporal.workflow.getHandle<() => Promise<WriteOutcome>>(
      await startWrite(site, parent, ids),
    );
    const outcome = await handle.result();
    if (outcome.status !== 'done') throw new Error(`${parent.key}: ${outcome.reason}`);
    ids.push(Number(outcome.receipt.externalId));
  }
  return ids;
}
