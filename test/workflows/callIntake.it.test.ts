import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { WorkflowHandle } from '@temporalio/client';
import type { EndedCall, PerformWriteInput } from '../../src/activities/contracts.js';
import type { FirmProfile } from '../../src/domain/firm.js';
import { intakeWorkflowId, writeWorkflowId } from '../../src/domain/ids.js';
import type { ConflictCheck, IntakeRecord } from '../../src/domain/intake.js';
import type { EndReason, Turn } from '../../src/domain/turn.js';
import {
  callEnded,
  connectionLost,
  connectionRestored,
  resolveWrite,
  taskQueues,
  turnsRecorded,
  workflowTypes,
} from '../../src/workflows/messages.js';
import { eventually } from '../support/eventually.js';
import { ladder, newCallId } from './fixtures.js';
import { startTimeSkipping, type ScriptedActivities, type TimeSkipping } from './time-skipping.js';

let skipping: TimeSkipping;
beforeAll(async () => {
  skipping = await startTimeSkipping();
});
afterAll(() => skipping.close());

const firm: FirmProfile = {
  tenantId: 'acme',
  name: 'Acme Law',
  timeZone: 'America/Chicago',
  states: ['TX'],
  practiceAreas: ['family'],
  consultationFees: { family: { amountCents: 15_000, currency: 'USD', account: 'trust' } },
};
const said = <T>(value: T) => ({
  value,
  source: 'caller' as const,
  turn: 1,
  confidence: 1,
  verbatim: 'so said',
});
const turn = (number: number, atMs = number): Turn => ({
  number,
  role: number % 2 ? 'caller' : 'agent',
  text: `words ${number}`,
  atMs,
  input: 'typed',
});

const recordOf = (call: EndedCall, over: Partial<IntakeRecord> = {}): IntakeRecord => ({
  schemaVersion: 1,
  rulesVersion: 'test',
  tenantId: call.tenantId,
  callId: call.callId,
  startedAtMs: call.startedAtMs,
  endedAtMs: call.endedAtMs,
  endReason: call.endReason,
  disposition: 'callback_needed',
  contact: { firstName: said('Dana'), lastName: said('Whitcomb'), phone: said('+15125550142') },
  matter: { practiceArea: said('family' as const), narrative: [] },
  parties: [said({ name: 'Alex Roe', role: 'spouse' })],
  keyDates: [],
  consents: {},
  corrections: [],
  conflict: { result: 'not_run', namesSearched: [] },
  ...over,
});

interface Seen {
  call?: EndedCall;
  writes: PerformWriteInput['request'][];
  persisted?: IntakeRecord;
}
type Handle = WorkflowHandle<() => Promise<IntakeRecord>>;

async function withIntake(
  tell: (handle: Handle) => Promise<void>,
  options: {
    record?: Partial<IntakeRecord>;
    conflict?: ConflictCheck['result'];
    firm?: Partial<FirmProfile>;
    activities?: Partial<ScriptedActivities>;
  } = {},
): Promise<Seen> {
  const seen: Seen = { writes: [] };
  const callId = newCallId();
  const scripted: ScriptedActivities = {
    extractIntake: (call) => {
      seen.call = call;
      return Promise.resolve(recordOf(call, options.record));
    },
    persistIntake: (record) => {
      seen.persisted = record;
      return Promise.resolve();
    },
    projectWrite: () => Promise.resolve(undefined),
    performWrite: ({ request }) => {
      seen.writes.push(request);
      const externalId = String(7_000 + seen.writes.length);
      return Promise.resolve({ receipt: { externalId, landedBy: 'created', atMs: 0 }, attempts: 1 });
    },
    checkConflicts: ({ names }) =>
      Promise.resolve({ result: options.conflict ?? 'clear', namesSearched: names, runAtMs: 1 }),
    ...options.activities,
  };
  await skipping.withActivities(scripted, async () => {
    const handle: Handle = await skipping.env.client.workflow.start(workflowTypes.callIntake, {
      workflowId: intakeWorkflowId('acme', callId),
      taskQueue: taskQueues.core,
      args: [
        {
          tenantId: 'acme',
          callId,
          startedAtMs: 0,
          firm: { ...firm, ...options.firm },
          reconnectWindowMs: 60_000,
          idleLimitMs: 1_800_000,
          ladder,
        },
      ],
    });
    await tell(handle);
    await handle.result();
  });
  return seen;
}

const end = (handle: Handle, lastTurn: number, reason: EndReason = 'caller_hangup'): Promise<void> =>
  handle.signal(callEnded, { reason, atMs: 99, lastTurn });
const numbers = ({ call }: Seen): number[] | undefined => call?.turns.map(({ number }) => number);

describe('while listening, an intake', () => {
  test('keeps one of each turn, in order, whatever order and however often they come', async () => {
    const seen = await withIntake(async (handle) => {
      await handle.signal(turnsRecorded, [turn(3), turn(1)]);
      await handle.signal(turnsRecorded, [turn(1), turn(2), turn(3)]);
      await end(handle, 3);
    });
    expect(numbers(seen)).toEqual([1, 2, 3]);
    expect(seen.call?.endReason).toBe('caller_hangup');
  });

  test('waits for turns that are still on their way when the call ends', async () => {
    const seen = await withIntake(async (handle) => {
      await end(handle, 2);
      await handle.signal(turnsRecorded, [turn(2)]);
      await handle.signal(turnsRecorded, [turn(1)]);
    });
    expect(numbers(seen)).toEqual([1, 2]);
  });

  test('goes on without a turn that never comes', async () => {
    const seen = await withIntake(async (handle) => {
      await handle.signal(turnsRecorded, [turn(1)]);
      await end(handle, 2);
    });
    expect(numbers(seen)).toEqual([1]);
  });

  test('takes a caller who does not come back as dropped', async () => {
    const seen = await withIntake(async (handle) => {
      await handle.signal(turnsRecorded, [turn(1)]);
      await handle.signal(connectionLost, { atMs: 50 });
    });
    expect(seen.call).toMatchObject({ endReason: 'dropped', endedAtMs: 50 });
  });

  test('goes on with a caller who comes back in time', async () => {
    const seen = await withIntake(async (handle) => {
      await handle.signal(turnsRecorded, [turn(1)]);
      await handle.signal(connectionLost, { atMs: 50 });
      await skipping.env.sleep(30_000);
      await handle.signal(turnsRecorded, [turn(2, 60)]);
      await skipping.env.sleep(120_000);
      await end(handle, 2, 'agent_closed');
    });
    expect(seen.call?.endReason).toBe('agent_closed');
    expect(numbers(seen)).toEqual([1, 2]);
  });

  test('goes on with a caller who is back and says nothing for longer than the window', async () => {
    const seen = await withIntake(async (handle) => {
      await handle.signal(turnsRecorded, [turn(1)]);
      await handle.signal(connectionLost, { atMs: 50 });
      await skipping.env.sleep(30_000);
      await handle.signal(connectionRestored, { atMs: 60 });
      await skipping.env.sleep(120_000);
      await handle.signal(turnsRecorded, [turn(2, 200)]);
      await end(handle, 2);
    });
    expect(seen.call?.endReason).toBe('caller_hangup');
    expect(numbers(seen)).toEqual([1, 2]);
  });

  test('does not take a repeated old turn for the caller’s return', async () => {
    const seen = await withIntake(async (handle) => {
      await handle.signal(connectionLost, { atMs: 50 });
      await handle.signal(turnsRecorded, [turn(1, 40)]);
    });
    expect(seen.call?.endReason).toBe('dropped');
  });

  test('follows a call for seven days, from one history to the next, and keeps every turn', async () => {
    const [minutesBetween, turnsInAll] = [20, (7 * 24 * 60) / 20];
    let runs: readonly (string | undefined)[] = [];
    const seen = await withIntake(async (handle) => {
      const { runId: firstRun } = (await handle.describe()) as { runId: string };
      for (let number = 1; number <= turnsInAll; number++) {
        await handle.signal(turnsRecorded, [turn(number)]);
        await skipping.env.sleep(minutesBetween * 60_000);
      }
      runs = [firstRun, (await handle.describe()).runId];
      await handle.signal(turnsRecorded, [turn(1), turn(turnsInAll)]); // delivered again
      await end(handle, turnsInAll);
    });
    expect(runs[0]).not.toBe(runs[1]);
    expect(numbers(seen)).toEqual(Array.from({ length: turnsInAll }, (_, index) => index + 1));
    expect(seen.call).toMatchObject({ startedAtMs: 0, endReason: 'caller_hangup' });
  }, 180_000);

  test('takes long silence of the edge as the end', async () => {
    const seen = await withIntake((handle) => handle.signal(turnsRecorded, [turn(1)]));
    expect(seen.call?.endReason).toBe('idle');
  });
});

describe('an intake writes', () => {
  const call = async (handle: Handle): Promise<void> => {
    await handle.signal(turnsRecorded, [turn(1), turn(2)]);
    await end(handle, 2);
  };
  /** The main course in its order; the call's entry in the log runs beside it. */
  const operationsOf = (seen: Seen): string[] =>
    seen.writes.map(({ operation }) => operation).filter((name) => name !== 'clio.communication.create');
  const payloadOf = (seen: Seen, wanted: string): unknown =>
    seen.writes.find(({ operation }) => operation === wanted)?.payload;
  const wish = { appointment: said({ date: '2026-11-27', time: '10:30' }) };

  test('contact, matter, note and payment request, each hanging on the one before', async () => {
    const seen = await withIntake(call);
    expect(operationsOf(seen)).toEqual([
      'clio.contact.create',
      'clio.matter.create',
      'clio.note.create',
      'lawpay.paymentRequest.create',
    ]);
    expect(seen.writes[1]?.payload).toMatchObject({ contactId: 7001 });
    expect(payloadOf(seen, 'clio.note.create')).toMatchObject({ parent: { type: 'matter', id: 7002 } });
    expect(seen.persisted?.conflict).toMatchObject({
      result: 'clear',
      namesSearched: ['Dana Whitcomb', 'Alex Roe'],
    });
  });

  test('the call itself into the log, on its contact and matter, once', async () => {
    const seen = await withIntake(call);
    const logged = seen.writes.filter(({ operation }) => operation === 'clio.communication.create');
    expect(logged.map(({ payload }) => payload)).toEqual([
      expect.objectContaining({ contactId: 7001, matterId: 7002, receivedAt: '1970-01-01T00:00:00.000Z' }),
    ]);
    expect(seen.persisted?.steps?.communication).toMatchObject({ status: 'done' });
  });

  test('the wished appointment as a proposal, in the firm’s time and calendar', async () => {
    const seen = await withIntake(call, {
      record: wish,
      firm: { appointments: { minutes: 45, calendarId: 55 } },
    });
    expect(payloadOf(seen, 'clio.appointment.create')).toMatchObject({
      ...{ contactId: 7001, matterId: 7002, calendarId: 55, allDay: false },
      // Chicago is six hours behind UTC in November.
      ...{ startAt: '2026-11-27T16:30:00.000Z', endAt: '2026-11-27T17:15:00.000Z' },
      summary: 'Proposed consultation: Dana Whitcomb',
    });
    expect(seen.persisted?.steps?.appointment).toMatchObject({ status: 'done' });
  });

  test('no appointment where the firm takes no wishes, or where a conflict is possible', async () => {
    const unwanted = await withIntake(call, { record: wish });
    expect(operationsOf(unwanted)).not.toContain('clio.appointment.create');
    const held = await withIntake(call, {
      ...{ record: wish, firm: { appointments: { minutes: 30 } } },
      conflict: 'possible',
    });
    expect(operationsOf(held)).not.toContain('clio.appointment.create');
    expect(held.persisted?.steps?.appointment).toMatchObject({ status: 'not_started' });
  });

  test('a task for the call-back where the firm wants them', async () => {
    const seen = await withIntake(call, { firm: { followUpTasks: true } });
    expect(payloadOf(seen, 'clio.task.create')).toMatchObject({
      ...{ matterId: 7002, name: 'Call back Dana Whitcomb', priority: 'Normal', dueAt: '1970-01-01' },
    });
  });

  test('a lead at once where the firm has an inbox, above ordinary work and whatever becomes of the contact', async () => {
    const seen = await withIntake(call, { record: { targets: ['grow'] } });
    const [first] = seen.writes.filter(({ operation }) => operation === 'grow.lead.create');
    expect(first).toMatchObject({
      ...{ priority: 'HIGH', key: expect.stringMatching(/^call_\w{20}\.lead$/) },
      payload: { firstName: 'Dana', lastName: 'Whitcomb', phoneE164: '+15125550142' },
    });
    expect(seen.writes.findIndex((write) => write === first)).toBeLessThan(2);
    expect(seen.persisted?.steps?.lead).toMatchObject({ status: 'done' });
    const without = await withIntake(call);
    expect(operationsOf(without)).not.toContain('grow.lead.create');
  });

  test('the payment request without waiting for a log entry that parks, which keeps the intake open', async () => {
    const parked: string[] = [];
    const { client } = skipping.env;
    const order: string[] = [];
    const decide = async (workflowId: string): Promise<void> => {
      await eventually(() => order.includes('lawpay.paymentRequest.create'), {
        withinMs: 20_000,
        what: 'the payment request is made',
      });
      await client.workflow
        .getHandle(workflowId)
        .executeUpdate(resolveWrite, { args: [{ action: 'discard', actor: 'pat', reason: 'known' }] });
    };
    let decided: Promise<void> | undefined;
    const seen = await withIntake(call, {
      activities: {
        performWrite: ({ request }) => {
          if (request.operation === 'clio.communication.create') return Promise.reject(new Error('a defect'));
          order.push(request.operation);
          const externalId = String(7_000 + order.length);
          return Promise.resolve({ receipt: { externalId, landedBy: 'created', atMs: 0 }, attempts: 1 });
        },
        projectWrite: ({ identity, progress }) => {
          if (progress.state === 'parked') parked.push(identity.operation);
          // A person decides beside the report: the report itself may be told twice, and is not to wait.
          if (parked.length === 1) decided ??= decide(identity.workflowId);
          return Promise.resolve(undefined);
        },
      },
    });
    await decided;
    expect(new Set(parked)).toEqual(new Set(['clio.communication.create']));
    expect(seen.persisted?.steps).toMatchObject({
      communication: { status: 'discarded' },
      payment: { status: 'done' },
    });
  });

  test.each([
    ['possible', 'conflict_hold', 'a person decides'],
    ['not_run', 'callback_needed', 'could not be run'],
  ] as const)(
    'no payment request when the conflict check says %s',
    async (conflict, disposition, because) => {
      const seen = await withIntake(call, { conflict });
      expect(operationsOf(seen)).not.toContain('lawpay.paymentRequest.create');
      expect(seen.persisted).toMatchObject({ disposition, steps: { payment: { status: 'not_started' } } });
      expect(seen.persisted?.steps?.payment?.because).toContain(because);
    },
  );

  test('no payment request when the conflict check cannot be run', async () => {
    const seen = await withIntake(call, {
      activities: { checkConflicts: () => Promise.reject(new Error('Clio is down')) },
    });
    expect(seen.persisted?.conflict.result).toBe('not_run');
    expect(operationsOf(seen)).toHaveLength(3);
  });

  test('a contact and a note on it, but no matter, for a problem outside the firm’s areas', async () => {
    const seen = await withIntake(call, {
      record: { matter: { practiceArea: said('out_of_scope' as const), narrative: [] } },
    });
    expect(operationsOf(seen)).toEqual(['clio.contact.create', 'clio.note.create']);
    expect(payloadOf(seen, 'clio.note.create')).toMatchObject({ parent: { type: 'contact', id: 7001 } });
    expect(payloadOf(seen, 'clio.communication.create')).not.toHaveProperty('matterId');
  });

  test('nothing when nobody can be named or reached', async () => {
    const seen = await withIntake(call, { record: { contact: {}, disposition: 'abandoned' } });
    expect(seen.writes).toEqual([]);
    expect(seen.persisted).toBeUndefined();
  });

  test('no transcript when recording was refused', async () => {
    const seen = await withIntake(call, { record: { consents: { recording: said('refused' as const) } } });
    expect(JSON.stringify(seen.writes)).not.toContain('words 1');
  });

  test('nothing after a contact that a person discarded', async () => {
    const client = skipping.env.client;
    const seen = await withIntake(call, {
      activities: {
        performWrite: () => Promise.reject(new Error('a defect')),
        projectWrite: async ({ identity, progress }) => {
          if (progress.state !== 'parked') return;
          await client.workflow
            .getHandle(writeWorkflowId('acme', 'clio', identity.workflowId.split(':')[3] ?? ''))
            .executeUpdate(resolveWrite, { args: [{ action: 'discard', actor: 'pat', reason: 'spam' }] });
        },
      },
    });
    expect(seen.persisted?.steps).toMatchObject({
      contact: { status: 'discarded', because: 'Discarded by pat: spam' },
      matter: { status: 'not_started' },
      note: { status: 'not_started' },
      payment: { status: 'not_started' },
    });
  });
});
