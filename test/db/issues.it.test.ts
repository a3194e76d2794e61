import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Pool } from 'pg';
import { listAlerts } from '../../src/db/alerts.js';
import { refreshDeadLetterAlerts } from '../../src/db/dead-letter-alerts.js';
import { changeIssue, fingerprintOf, listIssues, noteFailure, type Failure } from '../../src/db/issues.js';
import { openPool } from '../../src/db/pool.js';
import { withTenant } from '../../src/db/tenant.js';
import { projectWrite } from '../../src/db/writes.js';
import { DeadLetterRules } from '../../src/domain/dead-letter-rules.js';
import { type FreshDatabase, freshDatabase } from '../support/servers.js';
import { newCallId, twoFirms } from './support/firm.js';

let database: FreshDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await freshDatabase();
  pool = openPool(database.appUrl, 20, () => undefined);
  await twoFirms(pool);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const START_MS = Date.now() - 60_000;
const failure = (errorMessage: string): Failure => ({
  system: 'clio',
  operation: 'clio.matter.create',
  errorClass: 'invalid',
  errorMessage,
});

async function park(
  tenantId: string,
  i: number,
  options: { message?: string; atMs?: number; state?: 'parked' | 'done' } = {},
): Promise<void> {
  const { message = 'HTTP 422: matter 17', atMs = START_MS + i, state = 'parked' } = options;
  const identity = {
    ...{ tenantId, workflowId: `op:${tenantId}:${i}`, callId: newCallId(), system: 'clio' as const },
    ...{ operation: 'clio.matter.create' as const, priority: 'CRITICAL' as const },
  };
  const progress = { state, attempts: 1, revision: 0, errorClass: 'invalid' as const, errorMessage: message };
  await withTenant(pool, tenantId, async (scope) => {
    await projectWrite(scope, identity, { ...progress, parkedAtMs: atMs });
    if (state === 'parked') await noteFailure(scope, tenantId, failure(message), atMs);
  });
}
const issues = (tenantId: string) =>
  withTenant(pool, tenantId, (s) => listIssues(s, tenantId, { limit: 10 }));

test('failures that differ in numbers only are one issue, with the count of what is parked now', async () => {
  await Promise.all([1, 2, 3].map((i) => park('firm-a', i, { message: `HTTP 422: matter ${i} is gone` })));
  await park('firm-a', 4, { message: 'HTTP 404' });
  const found = await issues('firm-a');
  expect(found.map(({ pattern, parked, state }) => [pattern, parked, state])).toEqual([
    ['HTTP 422: matter # is gone', 3, 'open'],
    ['HTTP 404', 1, 'open'],
  ]);
  expect(await issues('firm-b')).toEqual([]);
});

test('a resolved issue regresses when it comes back, not when an old write is announced again', async () => {
  const fingerprint = fingerprintOf(failure('HTTP 404'));
  const stateNow = async () => (await issues('firm-a')).find((i) => i.fingerprint === fingerprint)?.state;
  const changed = await withTenant(pool, 'firm-a', (scope) =>
    changeIssue(scope, 'firm-a', fingerprint, { state: 'resolved', owner: 'pat' }),
  );
  expect(changed).toMatchObject({ state: 'resolved', owner: 'pat', parked: 1 });
  await park('firm-a', 4, { message: 'HTTP 404' });
  expect(await stateNow()).toBe('resolved');
  await park('firm-a', 5, { message: 'HTTP 404', atMs: Date.now() + 1_000 });
  expect(await stateNow()).toBe('regressed');
});

test('an issue keeps its owner when only its state changes, and loses it when nobody is named', async () => {
  const fingerprint = fingerprintOf(failure('HTTP 404'));
  const change = (what: object) =>
    withTenant(pool, 'firm-a', (scope) => changeIssue(scope, 'firm-a', fingerprint, what));
  expect(await change({ state: 'acknowledged' })).toMatchObject({ state: 'acknowledged', owner: 'pat' });
  expect(await change({ owner: null })).toMatchObject({ state: 'acknowledged', owner: null });
  const theirs = withTenant(pool, 'firm-b', (s) => changeIssue(s, 'firm-b', fingerprint, { owner: 'eve' }));
  expect(await theirs).toBeUndefined();
});

test('ten CRITICAL writes that park in the same moment raise one alert, which ends when they leave', async () => {
  const rules = DeadLetterRules.parse({});
  const refresh = () =>
    withTenant(pool, 'firm-b', (scope) => refreshDeadLetterAlerts(scope, 'firm-b', rules));
  const alertsNow = () => withTenant(pool, 'firm-b', (scope) => listAlerts(scope, 'firm-b', 10));
  for (let i = 0; i < 9; i++) await park('firm-b', i);
  expect(await refresh()).toEqual([]);
  const parkedTogether = await Promise.all(
    [9, 10, 11].map(async (i) => {
      await park('firm-b', i);
      return refresh();
    }),
  );
  expect(parkedTogether.flat()).toMatchObject([{ kind: 'dead_letters.critical', severity: 'critical' }]);
  expect(await alertsNow()).toMatchObject([{ kind: 'dead_letters.critical', resolvedAt: null }]);
  for (let i = 0; i < 3; i++) await park('firm-b', i, { state: 'done' });
  expect(await refresh()).toEqual([]);
  expect((await alertsNow())[0]?.resolvedAt).toBeInstanceOf(Date);
});

test('a firm’s own thresholds count: how many of any priority, and for how long', async () => {
  const rules = DeadLetterRules.parse({ criticalAlert: 99, parkedAlert: 5, overdueAlertHours: 0.01 });
  const raised = await withTenant(pool, 'firm-b', (scope) => refreshDeadLetterAlerts(scope, 'firm-b', rules));
  expect(raised.map(({ kind }) => kind)).toEqual(['dead_letters.parked', 'dead_letters.overdue']);
});
