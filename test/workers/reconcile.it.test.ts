import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import { alertsToLog } from '../../src/activities/alerts.js';
import type { ReconcileReport } from '../../src/activities/reconcile-contracts.js';
import { createReconcileActivities } from '../../src/activities/reconcile.js';
import { listAlerts } from '../../src/db/alerts.js';
import { lastReconciliation } from '../../src/db/reconciliation.js';
import { withTenant } from '../../src/db/tenant.js';
import { writeWorkflowId } from '../../src/domain/ids.js';
import { ensureSchedules } from '../../src/workers/schedules.js';
import { taskQueues } from '../../src/workflows/messages.js';
import { eventually } from '../support/eventually.js';
import { silentLogger } from '../support/log.js';
import { startIntakeStack, type IntakeStack } from './intake-stack.js';

const rhythm = (reconcileMs: number) => ({
  reconcileMs,
  paymentPollMs: 900_000,
  paymentCompareMs: 86_400_000,
  tendMs: 3_600_000,
  sweepMs: 60_000,
});

let stack: IntakeStack;
beforeAll(async () => {
  stack = await startIntakeStack();
}, 90_000);
afterAll(() => stack.close(), 30_000);

const scoped = <T>(work: Parameters<typeof withTenant<T>>[2]): Promise<T> =>
  withTenant(stack.pool, stack.tenantId, work);

interface Row {
  state: string;
  revision: number;
  parked_at: Date | null;
}
const rowOf = (id: string): Promise<Row | undefined> =>
  scoped(async (scope) => {
    const { rows } = await scope.query<Row>(
      'select state, revision, parked_at from writes where workflow_id = $1',
      [id],
    );
    return rows[0];
  });
const change = (id: string, set: string): Promise<unknown> =>
  scoped((scope) => scope.query(`update writes set ${set} where workflow_id = $1`, [id]));

async function parked(): Promise<string> {
  await stack.controls.clio.fault({
    match: { method: 'POST', path: '/api/v4/contacts' },
    effect: { kind: 'status', status: 422, body: { error: { type: 'ValidationError', message: 'no' } } },
  });
  const { callId } = await stack.call();
  const id = writeWorkflowId(stack.tenantId, 'clio', `${callId}.contact`);
  await eventually(async () => (await rowOf(id))?.state === 'parked', { withinMs: 15_000, what: 'parked' });
  return id;
}

let runs = 0;
/** Runs the comparison once visibility has caught up with `waiting` writes. */
async function reconcile(waiting: number): Promise<ReconcileReport> {
  await eventually(
    async () => {
      const { count } = await stack.client.workflow.count(
        `HermesState = 'parked' and ExecutionStatus = 'Running'`,
      );
      return count === waiting;
    },
    { withinMs: 15_000, what: `visibility shows ${waiting} parked` },
  );
  return stack.client.workflow.execute<() => Promise<ReconcileReport>>('reconcileWrites', {
    workflowId: `reconcile-${++runs}`,
    taskQueue: taskQueues.core,
  });
}

test('a list that agrees with Temporal is left as it is; every kind of drift is put right and told', async () => {
  const [agrees, lost, forgotten, terminated, stale] = [
    await parked(),
    await parked(),
    await parked(),
    await parked(),
    await parked(),
  ] as const;
  expect(await reconcile(5)).toMatchObject({ firms: 1, compared: 5, drift: 0 });
  const before = await rowOf(agrees);

  // The row never heard that the write parked, or lies about its revision; or the workflow is gone without a word.
  await change(lost, `state = 'retrying', parked_at = null`);
  await change(stale, `revision = -1`);
  await change(forgotten, `state = 'done'`);
  await stack.client.workflow.getHandle(terminated).terminate('by hand');
  expect(await reconcile(4)).toMatchObject({ compared: 5, drift: 4 });

  expect(await rowOf(agrees)).toEqual(before);
  for (const id of [lost, forgotten, stale])
    expect(await rowOf(id)).toMatchObject({ state: 'parked', revision: 0, parked_at: expect.any(Date) });
  expect(await rowOf(terminated)).toMatchObject({ state: 'discarded', parked_at: null });
  const audited = await scoped((scope) =>
    scope.query('select actor, action, reason from audit_log where subject = $1', [terminated]),
  );
  expect(audited.rows).toEqual([
    { actor: 'temporal', action: 'write.lost', reason: 'the workflow was terminated' },
  ]);
  const alert = { kind: 'projection.drift', resolvedAt: null, details: { compared: 5, drift: 4 } };
  expect(await scoped((scope) => listAlerts(scope, stack.tenantId, 5))).toMatchObject([alert]);

  expect(await reconcile(4)).toMatchObject({ drift: 0 });
  const [ended] = await scoped((scope) => listAlerts(scope, stack.tenantId, 5));
  expect(ended?.resolvedAt).toBeInstanceOf(Date);
  expect(await scoped((scope) => lastReconciliation(scope, stack.tenantId))).toMatchObject({
    drift: 0,
    driftTotal: 4,
  });
});

describe('a write that gives no answer', () => {
  /** Compares a table of these rows with a Temporal that shows none of them, and asks. */
  async function compareWith(count: number, isSilent: (n: number) => boolean): Promise<ReconcileReport> {
    const ids = Array.from(
      { length: count },
      (_, i) => `op:${stack.tenantId}:clio:silent-${Date.now()}-${i}`,
    );
    for (const id of ids)
      await scoped((scope) =>
        scope.query(
          `insert into writes (tenant_id, workflow_id, system, operation, priority, state, attempts, revision, parked_at)
           values ($1, $2, 'clio', 'clio.contact.create', 'LOW', 'parked', 1, 0, now())`,
          [stack.tenantId, id],
        ),
      );
    const activities = createReconcileActivities({
      ...{ pool: stack.pool, logger: silentLogger, alerts: alertsToLog(silentLogger) },
      seen: async function* () {},
      ask: (id) => {
        if (!ids.includes(id)) return Promise.resolve({ kind: 'lost', how: 'forgotten' });
        return isSilent(ids.indexOf(id))
          ? Promise.reject(new Error('deadline exceeded'))
          : Promise.resolve({ kind: 'discarded' });
      },
    });
    const run = new MockActivityEnvironment().run<[], ReconcileReport, () => Promise<ReconcileReport>>(() =>
      activities.reconcileWrites(),
    );
    return run.finally(() =>
      scoped((scope) =>
        scope.query(`update writes set state = 'discarded' where workflow_id = any ($1)`, [ids]),
      ),
    );
  }

  test('keeps no other from being compared', async () => {
    const { drift } = await compareWith(6, (n) => n % 2 === 0);
    expect(drift).toBeGreaterThanOrEqual(3);
  });

  test('and is followed by many others is Temporal itself being away: the run fails and is tried again', async () => {
    await expect(compareWith(7, () => true)).rejects.toThrow('deadline exceeded');
  });
});

test('a schedule runs the comparison; making it twice leaves one, with the newest interval', async () => {
  await ensureSchedules(stack.client, rhythm(3_600_000));
  await ensureSchedules(stack.client, rhythm(300_000));
  const handle = stack.client.schedule.getHandle('reconcile-writes');
  expect((await handle.describe()).spec.intervals).toMatchObject([{ every: 300_000 }]);
  const since = Date.now();
  await handle.trigger();
  await eventually(
    async () => {
      const last = await scoped((scope) => lastReconciliation(scope, stack.tenantId));
      return last !== undefined && last.at.getTime() >= since;
    },
    { withinMs: 20_000, what: 'the triggered comparison has run' },
  );
});
