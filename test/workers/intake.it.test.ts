import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { readIntake } from '../../src/db/intakes.js';
import { withTenant } from '../../src/db/tenant.js';
import { writesOfCall } from '../../src/db/writes.js';
import { writeWorkflowId } from '../../src/domain/ids.js';
import { intakeState, redriveWrite, resolveWrite, writeState } from '../../src/workflows/messages.js';
import { eventually } from '../support/eventually.js';
import { startIntakeStack, type IntakeStack, turnsOf } from './intake-stack.js';

let stack: IntakeStack;
beforeAll(async () => {
  stack = await startIntakeStack();
}, 90_000);
afterAll(() => stack.close(), 30_000);
beforeEach(async () => {
  await stack.controls.clio.clearFaults();
});

const madeIn = async (kind: string, callId: string): Promise<unknown[]> =>
  (await stack.controls.clio.created(kind)).filter((data) => JSON.stringify(data).includes(callId));
const rows = (callId: string) =>
  withTenant(stack.pool, stack.tenantId, (scope) => writesOfCall(scope, stack.tenantId, callId));
const expectOneOfEach = async (callId: string): Promise<void> => {
  for (const kind of ['contact', 'matter', 'note', 'communication'])
    expect(await madeIn(kind, callId)).toHaveLength(1);
};

describe('an intake', () => {
  test('leaves exactly one contact, matter, note and payment request', async () => {
    const { callId, handle } = await stack.call();
    const record = await handle.result();
    await expectOneOfEach(callId);
    expect(record.steps).toMatchObject({
      contact: { status: 'done' },
      matter: { status: 'done' },
      note: { status: 'done' },
      payment: { status: 'done' },
    });
    expect(record.conflict.result).toBe('clear');
    expect(record.steps?.payment?.url).toContain('/pages/whitfield-law/trust?amount=15000&');
    const stored = await withTenant(stack.pool, stack.tenantId, (scope) =>
      readIntake(scope, stack.tenantId, callId),
    );
    expect(stored).toMatchObject({ phase: 'done', record: { steps: { matter: { status: 'done' } } } });
    expect((await rows(callId)).map(({ state, attempts }) => [state, attempts])).toEqual(
      Array.from({ length: 5 }, () => ['done', 1]),
    );
  });

  test('has one matter when Clio made it and the answer was lost', async () => {
    await stack.controls.clio.fault({
      match: { method: 'POST', path: '/api/v4/matters' },
      effect: { kind: 'commit_then_cut' },
    });
    const { callId, handle } = await stack.call();
    await handle.result();
    await expectOneOfEach(callId);
  });

  test('parks while Clio is down, and a redrive finishes it with one of each', async () => {
    const outage = await stack.controls.clio.fault({
      match: { path: '/api/v4' },
      times: null,
      effect: { kind: 'down' },
    });
    const { callId, handle } = await stack.call();
    const write = stack.client.workflow.getHandle(
      writeWorkflowId(stack.tenantId, 'clio', `${callId}.contact`),
    );
    await eventually(async () => (await write.query(writeState)).phase === 'parked', {
      withinMs: 15_000,
      what: 'the contact parks',
    });
    await eventually(async () => (await rows(callId))[0]?.state === 'parked', {
      withinMs: 2_000,
      what: 'the list shows it parked',
    });
    expect((await handle.query(intakeState)).writes).toEqual({ contact: 'pending' });
    await stack.controls.clio.clearFault(outage);
    await write.signal(redriveWrite, { jobId: 'all-of-today' });
    await handle.result();
    await expectOneOfEach(callId);
  });

  test('starts nothing that hangs on a discarded contact', async () => {
    await stack.controls.clio.fault({
      match: { method: 'POST', path: '/api/v4/contacts' },
      effect: { kind: 'status', status: 422, body: { error: { type: 'ValidationError', message: 'no' } } },
    });
    const { callId, handle } = await stack.call();
    const write = stack.client.workflow.getHandle(
      writeWorkflowId(stack.tenantId, 'clio', `${callId}.contact`),
    );
    const decision = { action: 'discard', actor: 'pat', reason: 'a wrong number' } as const;
    await eventually(() => write.executeUpdate(resolveWrite, { args: [decision] }), {
      withinMs: 10_000,
      what: 'the contact parks and is discarded',
    });
    const record = await handle.result();
    expect(record.steps).toMatchObject({
      contact: { status: 'discarded', because: 'Discarded by pat: a wrong number' },
      matter: { status: 'not_started' },
      note: { status: 'not_started' },
      payment: { status: 'not_started' },
    });
    for (const kind of ['contact', 'matter', 'note']) expect(await madeIn(kind, callId)).toHaveLength(0);
  });

  test('renews an expired Clio token without anybody noticing', async () => {
    await stack.connect(new Date(Date.now() - 1_000));
    const { callId, handle } = await stack.call();
    await handle.result();
    await expectOneOfEach(callId);
    expect((await rows(callId)).every(({ attempts }) => attempts === 1)).toBe(true);
  });

  test('of a caller who gives no number carries the line they called from, and says where it is from', async () => {
    const startedAtMs = Date.now();
    const turns = turnsOf(startedAtMs).slice(0, 3);
    const { callId, handle } = await stack.place(turns, startedAtMs, { callerIdE164: '+15125550177' });
    const record = await handle.result();
    expect(record.contact.phone).toMatchObject({ value: '+15125550177', source: 'caller_id' });
    expect(JSON.stringify(await madeIn('contact', callId))).toContain('5125550177');
    expect(JSON.stringify(await madeIn('note', callId))).toContain('caller_id');
  });

  test('without a word from the caller ends as abandoned and writes nothing', async () => {
    const { callId, handle } = await stack.place([], Date.now());
    expect((await handle.result()).disposition).toBe('abandoned');
    expect(await rows(callId)).toEqual([]);
  });
});
