/** A firm whose vendor can be silent for days of the server's skipped clock. */
import { randomBytes } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import type { Pool } from 'pg';
import { alertsToLog } from '../../../src/activities/alerts.js';
import { createBreakerActivities } from '../../../src/activities/breaker.js';
import { createIntakeActivities } from '../../../src/activities/intake.js';
import { createPerformWrite } from '../../../src/activities/perform-write.js';
import { createCipher } from '../../../src/config/cipher.js';
import type { Pacer } from '../../../src/clients/pacer.js';
import { openPool } from '../../../src/db/pool.js';
import { saveFirm } from '../../../src/db/tenants.js';
import { extractFrom } from '../../../src/domain/extract/intake.js';
import { OutsideError, type ErrorClass } from '../../../src/domain/failures.js';
import { paceOf, type PaceRule } from '../../../src/domain/pace.js';
import type { WriteRequest } from '../../../src/domain/writes.js';
import { breakerLine, wake } from '../../../src/workers/signals.js';
import { taskQueues, workflowTypes, type WriteOutcome } from '../../../src/workflows/messages.js';
import { firmNamed } from '../../db/support/firm.js';
import { capturingLogger, type LogLine } from '../../support/log.js';
import { allPaces } from '../../support/paces.js';
import { freshDatabase } from '../../support/servers.js';
import { contactRequest, ladder, newCallId } from '../fixtures.js';
import { startTimeSkipping, type ScriptedActivities, type TimeSkipping } from '../time-skipping.js';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
/** Hourly at the latest, so that three days are not a thousand canaries. */
const rules = { failures: 5, probeAfterMs: 30_000, probeMaxMs: HOUR_MS };

/** The most requests that ran ahead of the pace: how many more were sent in some span than burst and rate allow there. */
export function excess(sentMs: readonly number[], rule: PaceRule): number {
  const { intervalMs } = paceOf(rule);
  const sorted = [...sentMs].sort((a, b) => a - b);
  let worst = Number.NEGATIVE_INFINITY;
  sorted.forEach((fromMs, from) => {
    for (let to = from; to < sorted.length; to++) {
      const allowed = rule.burst + ((sorted[to] ?? 0) - fromMs) / intervalMs;
      worst = Math.max(worst, to - from + 1 - allowed);
    }
  });
  return worst;
}

/** The vendor: what it was asked, when, and what it has made. */
export interface Vendor {
  /** Silent (or failing in that way) for this request at this time; undefined: it answers. */
  trouble: (request: WriteRequest, atMs: number) => ErrorClass | undefined;
  requests: { key: string; atMs: number; kind: 'find' | 'create' }[];
  records: Map<string, number>;
  /** How often an activity came to the gate for each write. */
  visits: Map<string, number>;
}

export interface Outage {
  skipping: TimeSkipping;
  pool: Pool;
  vendor: Vendor;
  lines: LogLine[];
  tenantId: string;
  activities: Partial<ScriptedActivities>;
  /** Starts a write of the firm. */
  write(over?: Partial<Pick<WriteRequest, 'priority'>>): Promise<WorkflowHandle<() => Promise<WriteOutcome>>>;
  /** Lets the server's time run. */
  pass(ms: number): Promise<void>;
  close(): Promise<void>;
}

export async function startOutage(rule: PaceRule = { perMinute: 600, burst: 10 }): Promise<Outage> {
  const skipping = await startTimeSkipping();
  const database = await freshDatabase();
  const pool = openPool(database.appUrl, 20, () => undefined);
  const tenantId = 'acme';
  await saveFirm(pool, firmNamed(tenantId));
  const pace = { rule, requests: 1 };
  const { logger, lines } = capturingLogger();
  const vendor: Vendor = { trouble: () => undefined, requests: [], records: new Map(), visits: new Map() };
  const nowMs = (): Promise<number> => skipping.env.currentTimeMs();
  const ask = async (kind: 'find' | 'create', request: WriteRequest, pacer: Pacer): Promise<void> => {
    await pacer.before();
    const atMs = await nowMs();
    vendor.requests.push({ key: request.key, atMs, kind });
    const errorClass = vendor.trouble(request, atMs);
    if (errorClass) throw new OutsideError(errorClass, `the vendor of the test: ${errorClass}`);
  };
  const box = createCipher(randomBytes(32));
  const performWrite = createPerformWrite({
    pool,
    box,
    logger,
    settleMs: 0,
    gate: {
      logger,
      alerts: alertsToLog(logger),
      rules,
      line: breakerLine,
      nowMs,
      paces: allPaces(pace),
    },
    adapterFor: (request, _signal, pacer) =>
      Promise.resolve({
        find: async () => {
          await ask('find', request, pacer);
          return vendor.records.has(request.key) ? { externalId: request.key } : undefined;
        },
        create: async () => {
          await ask('create', request, pacer);
          vendor.records.set(request.key, (vendor.records.get(request.key) ?? 0) + 1);
          return { externalId: request.key, referenced: true };
        },
        carriesReference: () => Promise.resolve(true),
      }),
  });
  const write: Outage['write'] = async (over) => {
    const request = { ...contactRequest(newCallId()), ...over };
    return skipping.env.client.workflow.start(workflowTypes.externalWrite, {
      workflowId: `op:${tenantId}:clio:${request.key}`,
      taskQueue: taskQueues.core,
      args: [{ request, ladder }],
    });
  };
  return {
    skipping,
    pool,
    vendor,
    lines,
    tenantId,
    write,
    activities: {
      performWrite: (input) => {
        const { key } = input.request;
        vendor.visits.set(key, (vendor.visits.get(key) ?? 0) + 1);
        return performWrite(input);
      },
      ...createIntakeActivities({ pool, box, alerts: alertsToLog(logger), extract: extractFrom }),
      ...createBreakerActivities({ pool, rules, perMinute: () => rule.perMinute, wake, nowMs }),
    },
    pass: (ms) => skipping.env.sleep(ms),
    close: async () => {
      await skipping.close();
      await pool.end();
      await database.drop();
    },
  };
}
