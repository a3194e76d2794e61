import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { listBreakers } from '../../src/db/breakers.js';
import { breakerWorkflowId, writeWorkflowId } from '../../src/domain/ids.js';
import { writeState } from '../../src/workflows/messages.js';
import { bearer, testApp } from '../api/support/app.js';
import { eventually } from '../support/eventually.js';
import { startIntakeStack, type IntakeStack } from './intake-stack.js';

let stack: IntakeStack;
beforeAll(async () => {
  stack = await startIntakeStack({ breaker: { failures: 3, probeAfterMs: 500, probeMaxMs: 1_000 } });
}, 90_000);
afterAll(() => stack.close(), 30_000);

test('calls wait out an outage of the real Clio client behind a breaker that staff can see, and nobody lifts a hand', async () => {
  const { pool, tenantId, client, controls } = stack;
  const app = await testApp({ pool });
  await controls.clio.fault({ match: { path: '/api/v4' }, times: null, effect: { kind: 'down' } });
  const calls = [await stack.call(), await stack.call()];
  const contact = client.workflow.getHandle(writeWorkflowId(tenantId, 'clio', `${calls[0]!.callId}.contact`));
  const opened = await eventually(
    async () => (await listBreakers(pool, tenantId)).find(({ state }) => state !== 'closed'),
    { withinMs: 20_000, what: 'the breaker opens' },
  );
  expect(opened).toMatchObject({
    lane: 'clio',
    cause: expect.stringMatching(/unavailable|outcome_unknown/),
  });
  // One that was a canary in vain has parked by this test's short ladder; the end of the outage wakes it all the same.
  await eventually(async () => ['backoff', 'parked'].includes((await contact.query(writeState)).phase), {
    withinMs: 20_000,
    what: 'the contact waits',
  });
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
  expect(records.map(({ steps }) => steps?.contact?.status)).toEqual(['done', 'done']);
  expect((await contact.query(writeState)).revision).toBe(0);
  expect((await listBreakers(pool, tenantId))[0]).toMatchObject({ state: 'closed', waiting: 0 });
  await client.workflow.getHandle(breakerWorkflowId(tenantId, 'clio')).result();
  await app.close();
}, 120_000);
