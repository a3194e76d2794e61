import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { temporal } from '@temporalio/proto';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import type { TendInput } from '../../src/activities/tend-contracts.js';
import { createRedriveDesk } from '../../src/api/dead-letters/redrive-desk.js';
import { breakerWorkflowId, redriveWorkflowId, writeWorkflowId } from '../../src/domain/ids.js';
import type { Question } from '../../src/domain/extract/question.js';
import type { FirmProfile } from '../../src/domain/firm.js';
import type { Turn } from '../../src/domain/turn.js';
import { breakerState } from '../../src/workflows/breaker-messages.js';
import {
  eventsCame,
  paymentEventsStart,
  paymentEventsType,
  watchPaymentsType,
  type WatchInput,
} from '../../src/workflows/payment-messages.js';
import {
  resolveWrite,
  taskQueues,
  workflowTypes,
  writeContent,
  writeState,
  type Decision,
} from '../../src/workflows/messages.js';
import { redriveProgress } from '../../src/workflows/redrive-messages.js';
import { converse } from '../domain/conversation.js';
import { firm, startIntakeStack, type IntakeStack } from '../workers/intake-stack.js';
import { testDataConverter } from '../support/data-converter.js';
import { eventually } from '../support/eventually.js';
import { silentLogger } from '../support/log.js';
import { testBundle } from './time-skipping.js';

/** Stored histories of real runs: new workflow code must still be able to follow the old ones. See README.md there. */
const folder = join(__dirname, '..', 'histories');
/** `npm run histories` sets it: records anew instead of replaying. */
const recording = process.env['HERMES_RECORD_HISTORIES'] === '1';

// The generated classes, because the SDK's own historyToJSON fails where npm installs protobufjs twice.
const { History } = temporal.api.history.v1;

/** A caller who answers until they have said when they would like to be called. */
function untilWish(of: FirmProfile, startedAtMs: number): Turn[] {
  const answers: Partial<Record<Question, string>> = {
    recording: 'Yes, recording is fine. I was in a car accident and I need a lawyer.',
    reason: 'I was in a car accident and I need a lawyer.',
    name: 'My name is Dana Whitcomb.',
    phone: '512 555 0142',
    story: 'A delivery truck hit me from behind in Austin, Texas.',
    when: 'Two weeks ago',
    where: 'Austin, Texas',
    appointment: 'Friday at ten',
  };
  const lines: string[] = [];
  for (;;) {
    const { turns, acts } = converse(lines, of, startedAtMs);
    const { asks } = acts.at(-1) ?? {};
    if (lines.at(-1) === answers.appointment) return turns;
    if (!asks || lines.length > 20) throw new Error('the agent never asked for a day');
    lines.push(answers[asks] ?? (asks === 'phone_ok' ? 'yes' : 'no'));
  }
}

(recording ? describe.skip : describe)('a stored history', () => {
  test('of every kind is still followed by today’s workflows', async () => {
    const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
    expect(names.length).toBeGreaterThanOrEqual(12);
    Runtime.install({ logger: new DefaultLogger('ERROR') });
    const codePath = await testBundle();
    for (const name of names) {
      const { workflowId, history } = JSON.parse(await readFile(join(folder, name), 'utf8')) as {
        workflowId: string;
        history: Record<string, unknown>;
      };
      const replay = Worker.runReplayHistory(
        { workflowBundle: { codePath }, dataConverter: testDataConverter },
        History.fromObject(history),
        workflowId,
      );
      await expect(replay.then(() => name)).resolves.toBe(name);
    }
  });
});

(recording ? describe : describe.skip)('recording', () => {
  let stack: IntakeStack;
  beforeAll(async () => {
    stack = await startIntakeStack({ breaker: { failures: 3, probeAfterMs: 500, probeMaxMs: 1_000 } });
    await mkdir(folder, { recursive: true });
  }, 90_000);
  afterAll(() => stack.close(), 30_000);

  const save = async (name: string, workflowId: string): Promise<void> => {
    const history = History.toObject(
      History.fromObject(await stack.client.workflow.getHandle(workflowId).fetchHistory()),
      { enums: String, longs: String, bytes: String },
    );
    // Worker names and stack traces tell of the machine that recorded; replay needs neither.
    const scrub = (key: string, value: unknown): unknown => {
      if (key === 'stackTrace') return '';
      return typeof value === 'string' ? value.replace(/^\d+@[\w.-]+/, 'hermes') : value;
    };
    const scrubbed = JSON.stringify({ workflowId, history }, scrub, 1);
    await writeFile(join(folder, `${name}.json`), `${scrubbed}\n`);
  };

  test('a watch over payments', async () => {
    for (const task of ['poll', 'compare'] as const) {
      const args: [WatchInput] = [{ task }];
      const workflowId = `${task}-payments`;
      await stack.client.workflow.execute(watchPaymentsType, {
        workflowId,
        taskQueue: taskQueues.core,
        args,
      });
      await save(`watchPayments.${task}`, workflowId);
    }
    const start = paymentEventsStart(stack.tenantId);
    const events = await stack.client.workflow.signalWithStart(paymentEventsType, {
      ...{ ...start, signal: eventsCame, signalArgs: [] },
    });
    await events.result();
    await save('paymentEvents.read', start.workflowId);
  });

  test.each<[string, ((contact: unknown) => Decision) | undefined]>([
    ['landed', undefined],
    ['retried', () => ({ action: 'retry', actor: 'pat', reason: 'Clio is back' })],
    ['edited', (payload) => ({ action: 'edit', actor: 'pat', reason: 'misheard name', payload })],
    ['discarded', () => ({ action: 'discard', actor: 'pat', reason: 'wrong number' })],
  ])('a call whose contact is %s', async (name, decide) => {
    if (decide)
      await stack.controls.clio.fault({
        match: { method: 'POST', path: '/api/v4/contacts' },
        effect: { kind: 'status', status: 422, body: { error: { type: 'ValidationError', message: 'no' } } },
      });
    const { callId, handle } = await stack.call();
    const write = writeWorkflowId(stack.tenantId, 'clio', `${callId}.contact`);
    if (decide) {
      const decision = decide({ firstName: 'Dana', lastName: 'Whitfield' });
      await eventually(
        () => stack.client.workflow.getHandle(write).executeUpdate(resolveWrite, { args: [decision] }),
        { withinMs: 10_000, what: 'the contact parks and is decided' },
      );
    }
    await handle.result();
    await save(`callIntake.${name}`, handle.workflowId);
    await save(`externalWrite.${name}`, write);
  });

  test('a contact that is parked, and the same one reset in Temporal to its beginning', async () => {
    await stack.controls.clio.fault({
      match: { method: 'POST', path: '/api/v4/contacts' },
      effect: { kind: 'status', status: 422, body: { error: { type: 'ValidationError', message: 'no' } } },
    });
    const { callId } = await stack.call();
    const write = stack.client.workflow.getHandle(
      writeWorkflowId(stack.tenantId, 'clio', `${callId}.contact`),
    );
    await eventually(async () => (await write.query(writeState)).phase === 'parked', {
      withinMs: 10_000,
      what: 'the contact parks',
    });
    await save('externalWrite.parked', write.workflowId);
    const decided = temporal.api.enums.v1.EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED;
    const { events } = await write.fetchHistory();
    const first = events?.find(({ eventType }) => eventType === decided);
    await stack.client.workflowService.resetWorkflowExecution({
      namespace: stack.client.options.namespace,
      workflowExecution: { workflowId: write.workflowId },
      workflowTaskFinishEventId: first?.eventId ?? null,
      reason: 'recording',
      requestId: randomUUID(),
    });
    await stack.client.workflow.getHandle(write.workflowId).result();
    await save('externalWrite.reset', write.workflowId);
  });

  test('a call with everything beside it, and a lead that a person has found after its answer was lost', async () => {
    const { client, controls, growDesk, tenantId } = stack;
    const inbox = { region: 'us', sourceName: 'HERMES', referring: 'Phone call', leadId: 'either' } as const;
    const by = { actor: 'pat', reason: 'recording' };
    await growDesk.name(tenantId, 'grow-standin-token', inbox, by);
    await controls.grow.fault({ match: { method: 'POST' }, effect: { kind: 'commit_then_cut' } });
    const startedAtMs = Date.now();
    const wantsAll = {
      ...firm,
      ...{ appointments: { minutes: 30 }, followUpTasks: true, intakeAsDocument: true },
    };
    const turns = untilWish(wantsAll, startedAtMs);
    const { callId, handle } = await stack.place(turns, startedAtMs, { firm: wantsAll });
    const lead = client.workflow.getHandle(writeWorkflowId(tenantId, 'grow', `${callId}.lead`));
    await eventually(async () => (await lead.query(writeState)).phase === 'parked', {
      withinMs: 20_000,
      what: 'the lead parks',
    });
    const { payload } = await lead.query(writeContent);
    const seen = { ...(payload as object), seenThere: true };
    await lead.executeUpdate(resolveWrite, { args: [{ action: 'edit', ...by, payload: seen }] });
    const { steps } = await handle.result();
    const done = { status: 'done' };
    expect(steps).toMatchObject({
      lead: done,
      communication: done,
      document: done,
      appointment: done,
      task: done,
    });
    await save('callIntake.followed-up', handle.workflowId);
    await save('externalWrite.seen-there', lead.workflowId);
    await growDesk.letGo(tenantId, by);
  });

  test('a look after a firm’s connections', async () => {
    const { workflow } = stack.client;
    const workflowId = `tend:${stack.tenantId}:clio`;
    const args: [TendInput] = [{ tenantId: stack.tenantId }];
    await workflow.execute(workflowTypes.tendConnections, { workflowId, taskQueue: taskQueues.core, args });
    await save('tendConnections.tended', workflowId);
  });

  test('a sweep of what is still to be told to the outside', async () => {
    const { workflow } = stack.client;
    const workflowId = 'sweep-outbox';
    await workflow.execute('sweepOutbox', { workflowId, taskQueue: taskQueues.core, args: [] });
    await save('sweepOutbox.swept', workflowId);
  });

  test('a contact that waits behind a breaker, and the breaker that is closed by its canary', async () => {
    await stack.controls.clio.fault({ match: { path: '/api/v4' }, times: null, effect: { kind: 'down' } });
    const { callId, handle } = await stack.call();
    const write = writeWorkflowId(stack.tenantId, 'clio', `${callId}.contact`);
    const breaker = stack.client.workflow.getHandle(breakerWorkflowId(stack.tenantId, 'clio'));
    await eventually(async () => (await breaker.query(breakerState)).epoch >= 2, {
      withinMs: 20_000,
      what: 'a canary fails',
    });
    await stack.controls.clio.clearFaults();
    await handle.result();
    await breaker.result();
    await save('externalWrite.held', write);
    await save('breaker.closed', breaker.workflowId);
  });

  test('a redrive job that is paused by its canary, resumed, and tries everything', async () => {
    const { client, controls, pool, tenantId } = stack;
    await controls.clio.fault({
      match: { method: 'POST', path: '/api/v4/contacts' },
      effect: { kind: 'status', status: 422, body: { error: { type: 'ValidationError', message: 'no' } } },
      times: 3,
    });
    const calls = [await stack.call(), await stack.call()];
    for (const { callId } of calls) {
      const write = client.workflow.getHandle(writeWorkflowId(tenantId, 'clio', `${callId}.contact`));
      await eventually(async () => (await write.query(writeState)).phase === 'parked', {
        withinMs: 10_000,
        what: 'the contact parks',
      });
    }
    const jobs = createRedriveDesk({ pool, temporal: client, logger: silentLogger });
    const { jobId } = await jobs.start({
      ...{ tenantId, name: 'recorded', actor: 'pat', reason: 'Clio is back', filter: {} },
      ...{ ratePerSecond: 5, budget: null, canary: 1, ramp: true },
    });
    const job = client.workflow.getHandle(redriveWorkflowId(tenantId, jobId));
    await eventually(async () => (await job.query(redriveProgress)).state === 'paused', {
      withinMs: 20_000,
      what: 'the canary parks again and pauses the job',
    });
    await jobs.order(tenantId, jobId, {
      kind: 'setRate',
      ratePerSecond: null,
      actor: 'pat',
      reason: 'faster',
    });
    await jobs.order(tenantId, jobId, { kind: 'resume', actor: 'pat', reason: 'go on' });
    await job.result();
    await save('redrive.completed', job.workflowId);
  });

  test('a look of the reconciler', async () => {
    const look = await stack.client.workflow.start('reconcileWrites', {
      ...{ workflowId: 'reconcile-writes', taskQueue: taskQueues.core, args: [] },
    });
    await look.result();
    await save('reconcileWrites.compared', look.workflowId);
  });
});
