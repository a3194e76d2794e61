/** Redrive jobs over real parked writes: cap, abort, and all at once. */
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { withTenant } from '../../src/db/tenant.js';
import type { DlqSite } from './site.js';

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

/** When each write accepted its retry, in order, epoch milliseconds: the decisions in the audit log. */
const acceptedAt = ({ pool, tenantId }: DlqSite, jobId: string): Promise<number[]> =>
  withTenant(pool, tenantId, async (scope) => {
    const { rows } = await scope.query<{ ms: number }>(
      `select extract(epoch from at)::float8 * 1000 as ms from audit_log
        where tenant_id = $1 and action = 'write.retry' and details ->> 'jobId' = $2 order by at`,
      [tenantId, jobId],
    );
    return rows.map(({ ms }) => ms);
  });

export interface CappedRun {
  asked: number;
  perSecond: number;
  tried: number;
}

/** So many of the parked writes at a rate; the job pauses itself by its budget and is aborted then. */
export async function cappedRun(site: DlqSite, rate: number, count: number): Promise<CappedRun> {
  const { job_id: jobId } = await start(site, 'capped', { rate_per_second: rate, budget: count });
  await untilRest(site, jobId);
  const times = await acceptedAt(site, jobId);
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
  const last = (await acceptedAt(site, jobId)).at(-1) ?? orderedMs;
  return { lastToldMs: Math.max(0, last - orderedMs), listedMs };
}

export interface BulkRun {
  total: number;
  seconds: number;
  perSecond: number;
  items: Record<string, number>;
}

/** Everything that is still parked, as fast as it goes, until each has its result. */
export async function bulkRun(site: DlqSite): Promise<BulkRun> {
  const begunMs = performance.now();
  const { job_id: jobId, total } = await start(site, 'bulk', { filter: { system: 'clio' } });
  const { items } = await untilRest(site, jobId);
  const seconds = (performance.now() - begunMs) / 1_000;
  return { total, seconds, perSecond: total / seconds, items };
}
