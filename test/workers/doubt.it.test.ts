/** What is looked for before it is tried again, and what need not be. */
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { withTenant } from '../../src/db/tenant.js';
import { redriveWrite } from '../../src/workflows/messages.js';
import type { FaultOrder } from '../../standins/kit/faults.js';
import { startIntakeStack, type IntakeStack } from './intake-stack.js';
import { inState, parkedContact, refused } from './parked.js';

let stack: IntakeStack;
beforeAll(async () => {
  stack = await startIntakeStack();
}, 90_000);
afterAll(() => stack.close(), 30_000);
beforeEach(() => stack.controls.clio.clearFaults());

/** How often Clio was asked whether it holds the record, and how many it holds. */
async function inClio(key: string) {
  const { records, requests } = await stack.controls.clio.ledger();
  return {
    lookUps: requests.filter(({ method, path }) => method === 'GET' && path.includes(key)).length,
    made: records.filter(({ kind, data }) => kind === 'contact' && JSON.stringify(data).includes(key)).length,
  };
}

async function parkedBy(...effects: FaultOrder['effect'][]) {
  const { id, key } = await parkedContact(stack, effects);
  return { key, id, write: stack.client.workflow.getHandle(id) };
}

test('what Clio refused outright is made at the next attempt without being looked for', async () => {
  const { key, id, write } = await parkedBy(refused);
  await write.signal(redriveWrite);
  await inState(stack, id, 'done');
  expect(await inClio(key)).toEqual({ lookUps: 0, made: 1 });
});

test('what may have been done once is looked for at every later attempt, although Clio refused it since', async () => {
  const { key, id, write } = await parkedBy({ kind: 'status', status: 503 }, refused);
  const before = await inClio(key);
  expect(before).toEqual({ lookUps: 2, made: 0 });
  await write.signal(redriveWrite);
  await inState(stack, id, 'done');
  expect(await inClio(key)).toEqual({ lookUps: 4, made: 1 });
});

test('what our table has missed is looked for, whatever the table says', async () => {
  const { key, id, write } = await parkedBy(refused);
  // As a database that was restored from an older copy.
  await withTenant(stack.pool, stack.tenantId, (scope) =>
    scope.query('update writes set attempts = 0 where workflow_id = $1', [id]),
  );
  await write.signal(redriveWrite);
  await inState(stack, id, 'done');
  expect(await inClio(key)).toEqual({ lookUps: 2, made: 1 });
});
