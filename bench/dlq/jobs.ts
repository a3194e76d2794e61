/** Redrive jobs over real parked writes: cap, abort, and all at once. */
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { listItems } from '../../src/db/redrive-items.js';
import { withTenant } from '../../src/db/tenant.js';
import type { BareWorkflows } from './bare.js';
import type { DlqSite } from './site.js';
import { difference, eventsOf } from './shape.js';
import { countIn, msOf } from './writes.js';

const Job = z.object({
  state: z.string(),
  because: z.string().nullable(),
  items: z.record(z.string(), z.number()),
});
const Made = z.object({ job_id: z.string(), total: z.number() });
type Settings = Readonly<Record<string, unknown>>;

const start = ({ ask }: DlqSite, name: string, settings: Settings): Promise<z.infer<typeof Made>> =>
  ask(Made, '/dlq/redrive', { name, reason: 'bench', canary: 0, ramp: false, ...settings });

async function untilRest({ ask }: DlqSite, jobId: string): Promise<z.infer<typeof Job>> {
  for (;;) {
    const job = await ask(Job, `/dlq/redrive/${jobId}`);
    if (['completed', 'aborted', 'paused'].includes(job.state)) return job;
    await pause(200);
  }
}

const itemsOf = ({ pool, tenantId }: DlqSite, jobId: string, limit: number) =>
  withTenant(pool, tenantId, (scope) => listItems(scope, tenantId, jobId, { afterSeq: 0, limit }));

const redrivenBy = async (site: DlqSite, jobId: string): Promise<string> =>
  (await itemsOf(site, jobId, 1))[0]?.workflowId ?? '';

/** When Temporal took each write's signal, in order, epoch milliseconds: from the writes' own histories. */
async function toldAt(site: DlqSite, jobId: string): Promise<number[]> {
  const items = await itemsOf(site, jobId, 100_000);
  const times: number[] = [];
  for (const { workflowId: id } of items.filter(({ sentAt }) => sentAt !== null)) {
    const { events } = await site.temporal.workflow.getHandle(id).fetchHistory();
    const signalled = events?.findLast((event) => event.workflowExecutionSignaledEventAttributes);
    times.push(msOf(signalled?.eventTime));
  }
  return times.sort((a, b) => a - b);
}

export interface CappedRun {
  asked: number;
  perSecond: number;
  tried: number;
}

/** So many of the parked writes at a rate; the job pauses itself by its budget and is aborted then. */
export async function cappedRun(site: DlqSite, rate: number, count: number): Promise<CappedRun> {
  const { job_id: jobId } = await start(site, 'capped', { rate_per_second: rate, budget: count });
  await untilRest(site, jobId);
  const times = await toldAt(site, jobId);
  await site.ask(z.unknown(), `/dlq/redrive/${jobId}/abort`, { reason: 'bench' }).catch(() => undefined);
  const spanMs = (times.at(-1) ?? 0) - (times[0] ?? 0);
  return { asked: rate, tried: times.length, perSecond: (1_000 * (times.length - 1)) / spanMs };
}

/** @returns milliseconds from the order to abort to the last write that was still told, and to its end in the list. */
export async function abortedRun(
  site: DlqSite,
  rate: number,
): Promise<{ lastToldMs: number; listedMs: number }> {
  const { job_id: jobId } = await start(site, 'aborted', { rate_per_second: rate });
  await pause(2_000);
  const orderedMs = Date.now();
  await site.ask(z.unknown(), `/dlq/redrive/${jobId}/abort`, { reason: 'bench' });
  await untilRest(site, jobId);
  const listedMs = Date.now() - orderedMs;
  const last = (await toldAt(site, jobId)).at(-1) ?? orderedMs;
  return { lastToldMs: Math.max(0, last - orderedMs), listedMs };
}

export interface BulkRun {
  total: number;
  /** Writes and bare workflows a second, turn and turn about. */
  rounds: { redrivenPerSecond: number; barePerSecond: number }[];
  items: Record<string, number>;
  /** Events of each kind in the history of a redriven write, and where a bare workflow's differs. */
  events: Record<string, number>;
  unlike: string[];
}

/** Turns of each; the machine's mood changes more slowly than they do. */
const ROUNDS = 6;

/**
 * Everything that is still parked, as fast as it goes, in equal parts, and after each part as many bare workflows. The
 * budget of the job holds it back in between; a part counts as done when its writes have landed.
 */
export async function bulkRun(site: DlqSite, bare: BareWorkflows): Promise<BulkRun> {
  const parked = await countIn(site, 'parked');
  const part = Math.max(1, Math.floor(parked / ROUNDS));
  await bare.prepare(part * ROUNDS);
  const rounds: BulkRun['rounds'] = [];
  let jobId = '';
  for (let round = 1; round <= ROUNDS; round++) {
    const before = await countIn(site, 'done');
    const begunMs = performance.now();
    jobId = await goOn(site, jobId, round < ROUNDS ? round * part : null);
    const wanted = round < ROUNDS ? part : parked - part * (ROUNDS - 1);
    while ((await countIn(site, 'done')) < before + wanted) await pause(250);
    const redrivenPerSecond = (1_000 * wanted) / (performance.now() - begunMs);
    if (round < ROUNDS) await untilRest(site, jobId);
    rounds.push({ redrivenPerSecond, barePerSecond: await bare.wake(part) });
  }
  const { items } = await untilRest(site, jobId);
  const [events, bareEvents] = await Promise.all([
    eventsOf(site, await redrivenBy(site, jobId)),
    eventsOf(site, bare.example()),
  ]);
  return { total: parked, rounds, items, events, unlike: difference(events, bareEvents) };
}

async function goOn(site: DlqSite, jobId: string, budget: number | null): Promise<string> {
  if (jobId === '') return (await start(site, 'bulk', { filter: { system: 'clio' }, budget })).job_id;
  await site.ask(z.unknown(), `/dlq/redrive/${jobId}/rate`, { budget, reason: 'bench' });
  await site.ask(z.unknown(), `/dlq/redrive/${jobId}/resume`, { reason: 'bench' });
  return jobId;
}
