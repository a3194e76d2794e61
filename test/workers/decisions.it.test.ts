import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createRedriveDesk } from '../../src/api/dead-letters/redrive-desk.js';
import { auditOf } from '../../src/db/audit.js';
import { checkChain } from '../../src/db/audit-chain.js';
import { readAudit } from '../../src/db/audit.js';
import { withTenant } from '../../src/db/tenant.js';
import { decisionSeal } from '../../src/domain/decisions.js';
import { writeWorkflowId } from '../../src/domain/ids.js';
import { eventually } from '../support/eventually.js';
import { silentLogger } from '../support/log.js';
import { startIntakeStack, type IntakeStack } from './intake-stack.js';

let stack: IntakeStack;
beforeAll(async () => {
  stack = await startIntakeStack();
}, 90_000);
afterAll(() => stack.close(), 30_000);

/** Takes a call whose contact Clio refuses `times` times. @returns the workflow id of that write once it is parked. */
async function parkedContact(times = 1): Promise<string> {
  await stack.controls.clio.fault({
    match: { method: 'POST', path: '/api/v4/contacts' },
    effect: { kind: 'status', status: 422, body: { error: { type: 'ValidationError', message: 'no' } } },
    times,
  });
  const { callId } = await stack.call();
  const id = writeWorkflowId(stack.tenantId, 'clio', `${callId}.contact`);
  await inState(id, 'parked');
  return id;
}

const inState = (id: string, state: string): Promise<unknown> =>
  eventually(
    () =>
      withTenant(stack.pool, stack.tenantId, async (scope) => {
        const { rows } = await scope.query<{ state: string }>(
          'select state from writes where workflow_id = $1',
          [id],
        );
        return rows[0]?.state === state;
      }),
    { withinMs: 15_000, what: `${id} is ${state}` },
  );

const decisionsOn = (id: string) =>
  withTenant(stack.pool, stack.tenantId, (scope) => auditOf(scope, stack.tenantId, id, 100));

test('a signal sent by hand, with nothing in it, retries the write and stands in the audit log', async () => {
  const id = await parkedContact();
  await stack.client.workflow.getHandle(id).signal('redrive');
  await inState(id, 'done');
  expect(await decisionsOn(id)).toMatchObject([
    {
      action: 'write.retry',
      actor: 'redrive',
      reason: 'redrive signal',
      details: { via: 'signal', revision: 1 },
      sealed: null,
    },
  ]);
});

test('a redrive job’s attempts give way to live work: they are queued behind all four priorities of it', async () => {
  const id = await parkedContact();
  const { client, pool, tenantId } = stack;
  const jobs = createRedriveDesk({ pool, temporal: client, logger: silentLogger });
  await jobs.start({
    ...{ tenantId, name: 'gives way', actor: 'pat', reason: 'Clio is back', filter: {} },
    ...{ ratePerSecond: null, budget: null, canary: 0, ramp: false },
  });
  await inState(id, 'done');
  const { events } = await client.workflow.getHandle(id).fetchHistory();
  const attempts = (events ?? []).flatMap((event) => {
    const scheduled = event.activityTaskScheduledEventAttributes;
    return scheduled?.activityType?.name === 'performWrite' ? [scheduled.priority] : [];
  });
  expect(attempts).toMatchObject([
    { priorityKey: 3, fairnessKey: tenantId },
    { priorityKey: 5, fairnessKey: tenantId },
  ]);
});

test('an update sent by hand edits the write; what it replaced is sealed in the audit log', async () => {
  const id = await parkedContact();
  const payload = { firstName: 'Dana', lastName: 'Whitfield' };
  await stack.client.workflow
    .getHandle(id)
    .executeUpdate('resolve', { args: [{ action: 'edit', actor: 'pat', reason: 'misheard', payload }] });
  await inState(id, 'done');
  const [event] = await decisionsOn(id);
  expect(event).toMatchObject({ action: 'write.edit', actor: 'pat', reason: 'misheard' });
  expect(event!.sealed!.includes('Whitfield')).toBe(false);
  expect(JSON.parse(stack.box.open(event!.sealed!, decisionSeal(event!)))).toEqual({
    before: { firstName: 'Dana', lastName: 'Whitcomb', phoneE164: '+15125550142' },
    after: payload,
  });
});

test('a discard and a cancellation stand in the audit log before the write is over', async () => {
  const [discarded, cancelled] = [await parkedContact(), await parkedContact()];
  const handle = stack.client.workflow.getHandle(discarded);
  await handle.executeUpdate('resolve', {
    args: [{ action: 'discard', actor: 'pat', reason: 'wrong number' }],
  });
  await handle.result();
  expect(await decisionsOn(discarded)).toMatchObject([{ action: 'write.discard', actor: 'pat' }]);
  await stack.client.workflow.getHandle(cancelled).cancel();
  await inState(cancelled, 'discarded');
  expect(await decisionsOn(cancelled)).toMatchObject([
    { action: 'write.cancel', actor: 'temporal', details: { via: 'cancellation' } },
  ]);
});

test('every decision of the firm is one link of a chain that holds', async () => {
  const rows = await withTenant(stack.pool, stack.tenantId, (scope) =>
    readAudit(scope, stack.tenantId, { afterSeq: 0, limit: 500 }),
  );
  expect(rows.length).toBeGreaterThanOrEqual(4);
  expect(checkChain(rows).broken).toBeUndefined();
});
