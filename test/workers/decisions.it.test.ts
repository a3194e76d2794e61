import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createRedriveDesk } from '../../src/api/dead-letters/redrive-desk.js';
import { auditOf } from '../../src/db/audit.js';
import { checkChain } from '../../src/db/audit-chain.js';
import { readAudit } from '../../src/db/audit.js';
import { withTenant } from '../../src/db/tenant.js';
import { decisionSeal } from '../../src/domain/decisions.js';
import { silentLogger } from '../support/log.js';
import { startIntakeStack, type IntakeStack } from './intake-stack.js';
import { inState, parkedContact, refused } from './parked.js';

let stack: IntakeStack;
beforeAll(async () => {
  stack = await startIntakeStack();
}, 90_000);
afterAll(() => stack.close(), 30_000);

/** @returns the workflow id of a contact that Clio has refused. */
const parked = async (): Promise<string> => (await parkedContact(stack, [refused])).id;

const decisionsOn = (id: string) =>
  withTenant(stack.pool, stack.tenantId, (scope) => auditOf(scope, stack.tenantId, id, 100));

test('a signal sent by hand, with nothing in it, retries the write and stands in the audit log', async () => {
  const id = await parked();
  await stack.client.workflow.getHandle(id).signal('redrive');
  await inState(stack, id, 'done');
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
  const id = await parked();
  const { client, pool, tenantId } = stack;
  const jobs = createRedriveDesk({ pool, temporal: client, logger: silentLogger });
  await jobs.start({
    ...{ tenantId, name: 'gives way', actor: 'pat', reason: 'Clio is back', filter: {} },
    ...{ ratePerSecond: null, budget: null, canary: 0, ramp: false },
  });
  await inState(stack, id, 'done');
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
  const id = await parked();
  const payload = { firstName: 'Dana', lastName: 'Whitfield' };
  await stack.client.workflow
    .getHandle(id)
    .executeUpdate('resolve', { args: [{ action: 'edit', actor: 'pat', reason: 'misheard', payload }] });
  await inState(stack, id, 'done');
  const [event] = await decisionsOn(id);
  expect(event).toMatchObject({ action: 'write.edit', actor: 'pat', reason: 'misheard' });
  expect(event!.sealed!.includes('Whitfield')).toBe(false);
  expect(JSON.parse(stack.box.open(event!.sealed!, decisionSeal(event!)))).toEqual({
    before: { firstName: 'Dana', lastName: 'Whitcomb', phoneE164: '+15125550142' },
    after: payload,
  });
});

test('a discard and a cancellation stand in the audit log before the write is over', async () => {
  const [discarded, cancelled] = [await parked(), await parked()];
  const handle = stack.client.workflow.getHandle(discarded);
  await handle.executeUpdate('resolve', {
    args: [{ action: 'discard', actor: 'pat', reason: 'wrong number' }],
  });
  await handle.result();
  expect(await decisionsOn(discarded)).toMatchObject([{ action: 'write.discard', actor: 'pat' }]);
  await stack.client.workflow.getHandle(cancelled).cancel();
  await inState(stack, cancelled, 'discarded');
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
