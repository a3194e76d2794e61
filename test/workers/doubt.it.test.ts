/** What is looked for before it is tried again, and what need not be. */
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { withTenant } from '../../src/db/tenant.js';
import { writeWorkflowId } from '../../src/domain/ids.js';
import { redriveWrite } from '../../src/workflows/messages.js';
import type { FaultOrder } from '../../standins/kit/faults.js';
import { eventually } from '../support/eventually.js';
import { startIntakeStack, type IntakeStack } from './intake-stack.js';

let stack: IntakeStack;
beforeAll(async () => {
  stack = await startIntakeStack();
}, 90_000);
afterAll(() => stack.close(), 30_000);
beforeEach(() => stack.controls.clio.clearFaults());

const refused = { kind: 'status', status: 422, body: { error: { type: 'ValidationError', message: 'no' } } };

/** How often Clio was asked whether it holds the record, and how many it holds. */
async function inClio(key: string) {
  const { records, requests } = await stack.controls.clio.ledger();
  return {
    lookUps: requests.filter(({ method, path }) => method === 'GET' && path.includes(key)).length,
    made: records.filter(({ kind, data }) => kind === 'contact' && JSON.stringify(data).includes(key)).length,
  };
}

/** A contact whose first creations meet these, one after the other. @returns once it is parked. */
async function parkedBy(...effects: FaultOrder['effect'][]) {
  for (const effect of effects)
    await stack.controls.clio.fault({ match: { method: 'POST', path: '/api/v4/contacts' }, effect });
  const { callId } = await stack.call();
  const key = `${callId}.contact`;
  const id = writeWorkflowId(stack.tenantId, 'clio', key);
  await inState(id, 'parked');
  return { key, id, write: stack.client.workflow.getHandle(id) };
}

const inState = (id: string, state: string): Promise<unknown> =>
  eventually(
    () =>
      withTenant(stack.pool, stack.tenantId, async (scope) => {
        const { rows } = await scope.query('select 1 from writes where workflow_id = $1 and state = $2', [
          id,
          state,
        ]);
        return rows.length === 1;
      }),
    { withinMs: 15_000, what: `${id} is ${state}` },
  );

test('what Clio refused outright is made at the next attempt without being looked for', async () => {
  const { key, id, write } = await parkedBy(refused as FaultOrder['effect']);
  await write.signal(redriveWrite);
  await inState(id, 'done');
  expect(await inClio(key)).toEqual({ lookUps: 0, made: 1 });
});

test('what may have been done once is looked for at every later attempt, although Clio refused it since', async () => {
  const { key, id, write } = await parkedBy({ kind: 'status', status: 503 }, refused as FaultOrder['effect']);
  const before = await inClio(key);
  expect(before).toEqual({ lookUps: 2, made: 0 });
  await write.signal(redriveWrite);
  await inState(id, 'done');
  expect(await inClio(key)).toEqual({ lookUps: 4, made: 1 });
});

test('what our table has missed is looked for, whatever the table says', async () => {
  const { key, id, write } = await parkedBy(refused as FaultOrder['effect']);
  // As a database that was restored from an older copy.
  await withTenant(stack.pool, stack.tenantId, (scope) =>
    scope.query('update writes set attempts = 0 where workflow_id = $1', [id]),
  );
  await write.signal(redriveWrite);
  await inState(id, 'done');
  expect(await inClio(key)).toEqual({ lookUps: 2, made: 1 });
});
