/** The work of a redrive job: telling parked writes to try again, at the pace the job asks for. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { appendAllAudit } from '../db/audit.js';
import { saveRedrive } from '../db/redrive.js';
import {
  abortItems,
  claimItems,
  itemCounts,
  markSent,
  settleItems,
  type ClaimedItem,
} from '../db/redrive-items.js';
import { withTenant } from '../db/tenant.js';
import { whileBeating } from './attempt.js';
import { BATCH_MS, batchStartMs } from '../domain/redrive.js';
import type { RedriveActivities, RedriveBatch } from './redrive-contracts.js';

export interface RedriveDeps {
  pool: Pool;
  /** Tells one write to try again; false when its workflow is over or unknown. Throws when Temporal cannot be asked. */
  tell(workflowId: string, order: { jobId: string; actor: string; reason: string }): Promise<boolean>;
}

/** Signals under way at once when no rate is set. */
const AT_ONCE = 16;

export function createRedriveActivities(deps: RedriveDeps): RedriveActivities {
  const { pool } = deps;
  return {
    sendRedriveBatch: (batch) => whileBeating((signal) => sendBatch(deps, batch, signal)),
    countRedrive: ({ tenantId, jobId }) =>
      withTenant(pool, tenantId, async (scope) => {
        await settleItems(scope, tenantId, jobId);
        return itemCounts(scope, tenantId, jobId);
      }),
    saveRedrive: ({ tenantId, job, events }) =>
      withTenant(pool, tenantId, async (scope) => {
        await saveRedrive(scope, tenantId, job);
        if (job.state === 'aborted') await abortItems(scope, tenantId, job.jobId);
        await appendAllAudit(scope, tenantId, events);
      }),
  };
}

async function sendBatch(deps: RedriveDeps, batch: RedriveBatch, signal: AbortSignal) {
  const { pool } = deps;
  const { tenantId, order, count, intervalMs } = batch;
  const { jobId } = order;
  const items = await withTenant(pool, tenantId, (scope) => claimItems(scope, tenantId, jobId, count));
  const startMs = batchStartMs(batch.dueMs, Date.now());
  const outcome =
    intervalMs > 0
      ? await oneByOne(deps, batch, items, startMs, signal)
      : await manyAtOnce(deps, batch, items, startMs + BATCH_MS);
  const counts = await withTenant(pool, tenantId, async (scope) => {
    await markSent(scope, tenantId, jobId, outcome.sent, outcome.gone);
    await settleItems(scope, tenantId, jobId);
    return itemCounts(scope, tenantId, jobId);
  });
  const sent = outcome.sent.length;
  const isEarly = outcome.isEarly ?? false;
  return { sent, counts, isEarly, ...(intervalMs > 0 && { dueMs: startMs + outcome.due * intervalMs }) };
}

interface Outcome {
  sent: number[];
  gone: number[];
  /** Those whose due time has passed. */
  due: number;
  /** The next is due later than a batch lasts. */
  isEarly?: boolean;
}

/**
 * Each at its own due time, whether or not the one before it was answered; at most twice the rate while it catches up.
 */
async function oneByOne(
  deps: RedriveDeps,
  { order, intervalMs }: RedriveBatch,
  items: readonly ClaimedItem[],
  startMs: number,
  signal: AbortSignal,
): Promise<Outcome> {
  const outcome: Outcome = { sent: [], gone: [], due: 0 };
  const underWay: Promise<void>[] = [];
  let lastMs = -Infinity;
  try {
    for (const item of items) {
      const dueMs = Math.max(startMs + outcome.due * intervalMs, lastMs + intervalMs / 2);
      const waitMs = dueMs - Date.now();
      // So long a wait belongs on a durable timer, which an order can cut short.
      if (waitMs > BATCH_MS) {
        outcome.isEarly = true;
        break;
      }
      if (waitMs > 0) await sleep(waitMs, undefined, { signal });
      lastMs = Date.now();
      outcome.due += 1;
      const telling = tell(deps, order, item, outcome);
      telling.catch(() => undefined); // it is awaited below; until then it is nobody's unhandled rejection
      underWay.push(telling);
    }
  } finally {
    await Promise.allSettled(underWay);
  }
  await Promise.all(underWay);
  return outcome;
}

/** As fast as Temporal takes them, until the time is up; the rest is claimed again by the next batch. */
async function manyAtOnce(
  deps: RedriveDeps,
  { order }: RedriveBatch,
  items: readonly ClaimedItem[],
  endMs: number,
): Promise<Outcome> {
  const outcome: Outcome = { sent: [], gone: [], due: 0 };
  const queue = [...items];
  const drain = async (): Promise<void> => {
    for (let item = queue.shift(); item; item = Date.now() < endMs ? queue.shift() : undefined)
      await tell(deps, order, item, outcome);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, drain));
  return outcome;
}

async function tell(
  deps: RedriveDeps,
  order: RedriveBatch['order'],
  { seq, workflowId }: ClaimedItem,
  outcome: Outcome,
): Promise<void> {
  const isThere = await deps.tell(workflowId, order);
  (isThere ? outcome.sent : outcome.gone).push(seq);
}
