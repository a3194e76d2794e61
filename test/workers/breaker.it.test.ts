import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { listBreakers } from '../../src/db/breakers.js';
import { withTenant } from '../../src/db/tenant.js';
import { breakerWorkflowId, writeWorkflowId } from '../../src/domain/ids.js';
import { writeState } from '../../src/workflows/messages.js';
import { bearer, testApp } from '../api/support/app.js';
import { eventually } from '../support/eventually.js';
import { quickLadder, startIntakeStack, type IntakeStack } from './intake-stack.js';

let stack: IntakeStack;
beforeAll(async () => {
  stack = await startIntakeStack({ breaker: { failures: 3, probeAfterMs: 500, probeMaxMs: 1_000 } });
}, 90_000);
afterAll(() => stack.close(), 30_000);

/** Outlasts any outage of this test, as the real one outlasts three days: nothing has a reason to park. */
const patientLadder = { ...quickLadder, slowWindowMs: 3_600_000 };
const until = <T>(what: string, probe: () => Promise<T>) => eventually(probe, { withinMs: 20_000, what });
const clioIsDown = () =>
  stack.controls.clio.fault({ match: { path: '/api/v4' }, times: null, effect: { kind: 'down' } });
const breakerNow = async () =>
  (await listBreakers(stack.pool, stack.tenantId)).find(({ lane }) => lane === 'clio');
const opens = () =>
  until('the breaker opens', async () => {
    const breaker = await breakerNow();
    return breaker && breaker.state !== 'closed' && breaker;
  });
const requestsToClio = async () => (await stack.controls.clio.ledger()).requests.length;
const contactOf = (callId: string) =>
  stack.client.workflow.getHandle(writeWorkflowId(stack.tenantId, 'clio', `${callId}.contact`));
const phaseOf = async (callId: string) => (await contactOf(callId).query(writeState)).phase;
/** States and attempts of the writes to Clio that are not over, and the breaker's epoch, at one moment. */
const waiting = async () => {
  const { rows } = await withTenant(stack.pool, stack.tenantId, (scope) =>
    scope.query<{ state: string; attempts: number; epoch: number }>(
      `select w.state, w.attempts, b.epoch from writes w join breakers b on b.tenant_id = w.tenant_id and b.system = 'clio'
        where w.system = 'clio' and w.state <> 'done'`,
    ),
  );
  const attempts = rows.reduce((sum, row) => sum + row.attempts, 0);
  return { states: rows.map(({ state }) => state), attempts, epoch: rows[0]?.epoch ?? 0 };
};
const probes = (count: number) =>
  until(`${count} canaries in vain`, async () => {
    const from = (await waiting()).epoch;
    await until('the next ones', async () => (await waiting()).epoch >= from + count);
    return true;
  });

test('calls wait out an outage of the real Clio client behind a breaker that staff can see, and nobody lifts a hand', async () => {
  const { pool, tenantId, client, controls } = stack;
  const app = await testApp({ pool });
  await clioIsDown();
  const calls = [await stack.call({ ladder: patientLadder }), await stack.call({ ladder: patientLadder })];
  expect(await opens()).toMatchObject({ cause: expect.stringMatching(/unavailable|outcome_unknown/) });
  for (const { callId } of calls)
    await until('the contact waits', async () => (await phaseOf(callId)) === 'backoff');

  // While it is open nothing but canaries is spent, however many come.
  const [before, asked] = [await waiting(), await requestsToClio()];
  calls.push(await stack.call({ ladder: patientLadder }), await stack.call({ ladder: patientLadder }));
  await until('the new ones wait too', async () => (await waiting()).states.length === 4);
  await probes(2);
  const askedAfter = await requestsToClio();
  const after = await waiting();
  expect(after.attempts - before.attempts).toBeLessThanOrEqual(after.epoch - before.epoch + 1);
  expect(askedAfter - asked).toBeLessThanOrEqual(after.epoch - before.epoch + 1);
  expect(after.states).not.toContain('parked');

  const headers = await bearer({ tenantId });
  const shown = await app.inject({ url: '/api/v1/dlq/breakers', headers });
  expect(shown.json()).toMatchObject({ breakers: [{ system: 'clio', opened_at: expect.any(String) }] });
  const other = await app.inject({
    url: '/api/v1/dlq/breakers',
    headers: await bearer({ tenantId: 'firm-b' }),
  });
  expect(other.json()).toEqual({ breakers: [] });

  await controls.clio.clearFaults();
  const records = await Promise.all(calls.map(({ handle }) => handle.result()));
  expect(records.map(({ steps }) => steps?.contact?.status)).toEqual(['done', 'done', 'done', 'done']);
  for (const { callId } of calls) expect((await contactOf(callId).query(writeState)).revision).toBe(0);
  expect(await breakerNow()).toMatchObject({ state: 'closed', waiting: 0 });
  await client.workflow.getHandle(breakerWorkflowId(tenantId, 'clio')).result();
  await app.close();
}, 120_000);

test('a write that the outage outlasts parks, and is woken by the end of the outage all the same', async () => {
  await clioIsDown();
  // Canaries in vain use up this ladder's window.
  const calls = [await stack.call(), await stack.call()];
  await opens();
  for (const { callId } of calls)
    await until('the contact parks', async () => (await phaseOf(callId)) === 'parked');
  await stack.controls.clio.clearFaults();
  const records = await Promise.all(calls.map(({ handle }) => handle.result()));
  expect(records.map(({ steps }) => steps?.contact?.status)).toEqual(['done', 'done']);
  for (const { callId } of calls) expect((await contactOf(callId).query(writeState)).revision).toBe(0);
}, 120_000);
