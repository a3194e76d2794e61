/**
 * How much a firm's write is held up by another firm's backlog. `HERMES_FAIRNESS_BACKLOG=5000` measures with that many; the
 * figures are printed then.
 */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, type Worker } from '@temporalio/worker';
import type { Pool } from 'pg';
import { alertsToLog } from '../../src/activities/alerts.js';
import { createBreakerActivities } from '../../src/activities/breaker.js';
import { createIntakeActivities } from '../../src/activities/intake.js';
import { createPerformWrite } from '../../src/activities/perform-write.js';
import { createReconcileActivities } from '../../src/activities/reconcile.js';
import { createRedriveActivities } from '../../src/activities/redrive.js';
import { createCipher } from '../../src/config/cipher.js';
import { openPool } from '../../src/db/pool.js';
import { saveFirm } from '../../src/db/tenants.js';
import { extractFrom } from '../../src/domain/extract/intake.js';
import { tellWrite } from '../../src/workers/redrive-signals.js';
import { askWrite, seenWrites } from '../../src/workers/visibility.js';
import { breakerLine, wake } from '../../src/workers/signals.js';
import { createWorkers } from '../../src/workers/workers.js';
import { taskQueues, workflowTypes } from '../../src/workflows/messages.js';
import { livePriority } from '../../src/workflows/priorities.js';
import { firmNamed } from '../db/support/firm.js';
import { testDataConverter } from '../support/data-converter.js';
import { allPaces } from '../support/paces.js';
import { silentLogger } from '../support/log.js';
import { freshDatabase, servers, type FreshDatabase } from '../support/servers.js';
import { contactRequest, ladder, newCallId } from '../workflows/fixtures.js';
import { testBundle } from '../workflows/time-skipping.js';
import { ownNamespace } from './intake-stack.js';

const measured = process.env['HERMES_FAIRNESS_BACKLOG'];
const BACKLOG = Number(measured ?? 250);

let database: FreshDatabase;
let pool: Pool;
let native: NativeConnection;
let connection: Connection;
let client: Client;
let workers: Worker[];
let running: Promise<unknown>;
/** Tenants in the order in which their writes landed. */
const landed: string[] = [];
/** The vendor answers nobody before this settles, so that a quick machine has a backlog too. */
let vendorAnswers = Promise.resolve();

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  database = await freshDatabase();
  pool = openPool(database.appUrl, 30, () => undefined);
  await saveFirm(pool, firmNamed('noisy'));
  await saveFirm(pool, firmNamed('quiet'));
  const address = servers().temporalAddress;
  const namespace = await ownNamespace(address);
  native = await NativeConnection.connect({ address });
  connection = await Connection.connect({ address });
  client = new Client({ connection, namespace, dataConverter: testDataConverter });
  const logger = silentLogger;
  const box = createCipher(randomBytes(32));
  const alerts = alertsToLog(logger);
  const rules = { failures: 5, probeAfterMs: 30_000, probeMaxMs: 300_000 };
  // No vendor's pace here: what is tried is how the queues are shared out.
  const pace = { rule: { perMinute: 1_000_000, burst: 10_000 }, requests: 1 };
  const performWrite = createPerformWrite({
    ...{ pool, box, logger, settleMs: 0 },
    gate: { logger, alerts, rules, line: breakerLine, paces: allPaces(pace) },
    adapterFor: (request) =>
      Promise.resolve({
        find: () => Promise.resolve(undefined),
        create: async () => {
          await vendorAnswers;
          landed.push(request.tenantId);
          return { externalId: '1', referenced: true };
        },
        carriesReference: () => Promise.resolve(true),
      }),
  });
  const core = {
    ...createIntakeActivities({ pool, box, alerts, extract: extractFrom }),
    ...createBreakerActivities({ pool, rules, perMinute: () => 600, wake }),
    ...createRedriveActivities({ pool, tell: tellWrite }),
    ...createReconcileActivities({ pool, logger, alerts, seen: seenWrites, ask: askWrite }),
    sweepOutbox: () => Promise.resolve({ firms: 0, events: 0, alerts: 0 }),
  };
  const noPayments = () => Promise.reject(new Error('no payments in this test'));
  const tendConnections = () => Promise.reject(new Error('no connections in this test'));
  const checkConflicts = () => Promise.reject(new Error('no conflict check in this test'));
  workers = await createWorkers({
    connection: native,
    namespace,
    bundlePath: await testBundle(),
    dataConverter: testDataConverter,
    activities: {
      core,
      clio: { performWrite, checkConflicts, tendConnections },
      lawpay: {
        performWrite,
        paymentFirms: () => Promise.resolve([]),
        readEvents: noPayments,
        pollEvents: noPayments,
        comparePayments: noPayments,
      },
      grow: { performWrite },
      webhook: { performWrite },
      notice: { performWrite },
    },
  });
  running = Promise.all(workers.map((worker) => worker.run()));
}, 90_000);
afterAll(async () => {
  for (const worker of workers) worker.shutdown();
  await running;
  await connection.close();
  await native.close();
  await pool.end();
  await database.drop();
}, 60_000);

const start = (tenantId: string) => {
  const request = { ...contactRequest(newCallId()), tenantId };
  return client.workflow.start(workflowTypes.externalWrite, {
    workflowId: `op:${tenantId}:clio:${request.key}`,
    taskQueue: taskQueues.core,
    args: [{ request, ladder }],
    priority: livePriority(request),
  });
};

/** Starts one write of the quiet firm. @returns how long it took, and how many of the other firm landed meanwhile. */
async function quietWrite(
  onStarted: () => void = () => undefined,
): Promise<{ tookMs: number; overtakenBy: number }> {
  const before = landed.length;
  const startedMs = performance.now();
  const handle = await start('quiet');
  onStarted();
  await handle.result();
  const overtakenBy = landed.slice(before, landed.lastIndexOf('quiet')).length;
  return { tookMs: Math.round(performance.now() - startedMs), overtakenBy };
}

test('a firm with one write does not wait behind another firm’s backlog', async () => {
  await quietWrite();
  const alone = await quietWrite();
  let answer = (): void => undefined;
  // Five thousand are more than the workers keep up with; and an attempt may not wait so long for an answer.
  if (measured === undefined) vendorAnswers = new Promise((resolve) => (answer = resolve));
  const queue = Array.from({ length: BACKLOG }, () => 'noisy');
  const drain = async (): Promise<void> => {
    while (queue.pop() !== undefined) await start('noisy');
  };
  await Promise.all(Array.from({ length: 50 }, drain));
  const left = BACKLOG - landed.filter((tenantId) => tenantId === 'noisy').length;
  // Otherwise nothing was tried.
  expect(left).toBeGreaterThan(BACKLOG / 4);
  const beside = await quietWrite(answer);
  if (measured !== undefined) process.stdout.write(`${JSON.stringify({ left, alone, beside })}\n`);
  // Counted in writes, which a busy machine does not change: two seconds are some sixty on two cores.
  expect(beside.overtakenBy).toBeLessThan(60);
}, 600_000);
