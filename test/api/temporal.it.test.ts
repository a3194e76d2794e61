import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { createCallFirms } from '../../src/api/call-firms.js';
import { createRetry, type RetryDeadLetters } from '../../src/api/dead-letters/retry.js';
import { createIntakeSink } from '../../src/api/intake-sink.js';
import { openTemporal, type Temporal } from '../../src/api/temporal.js';
import { findCall } from '../../src/db/call-list.js';
import { claimCall, createCall } from '../../src/db/calls.js';
import { openPool } from '../../src/db/pool.js';
import { withTenant } from '../../src/db/tenant.js';
import { intakeWorkflowId } from '../../src/domain/ids.js';
import type { Turn } from '../../src/domain/turn.js';
import type { CallHeader, IntakeSink } from '../../src/voice/ports.js';
import { attributeKeys } from '../../src/workflows/search-attributes.js';
import { newCallId, twoFirms } from '../db/support/firm.js';
import { testDataConverter } from '../support/data-converter.js';
import { silentLogger } from '../support/log.js';
import { type FreshDatabase, freshDatabase, servers } from '../support/servers.js';
import { ladder } from '../workflows/fixtures.js';

let database: FreshDatabase;
let pool: Pool;
let temporal: Temporal;
beforeAll(async () => {
  database = await freshDatabase();
  pool = openPool(database.appUrl, 5, () => undefined);
  await twoFirms(pool);
  temporal = openTemporal(servers().temporalAddress, 'default', testDataConverter);
});
afterAll(async () => {
  await temporal.close();
  await pool.end();
  await database.drop();
});

const turn = (number: number): Turn => ({
  number,
  role: 'caller',
  text: 'Hello',
  atMs: number,
  input: 'typed',
});

const sinkTo = (to: Temporal): IntakeSink =>
  createIntakeSink({
    temporal: to.client,
    pool,
    firms: createCallFirms(pool),
    logger: silentLogger,
    reconnectWindowMs: 60_000,
    idleLimitMs: 60_000,
    ladder,
  });

describe('handing a call over to its intake', () => {
  let call: CallHeader;
  beforeEach(async () => {
    const [callId, tokenHash] = [newCallId(), randomBytes(32)];
    const tokenExpiresAtMs = Date.now() + 60_000;
    await createCall(pool, {
      tenantId: 'firm-a',
      callId,
      transport: 'native',
      tokenHash,
      tokenExpiresAtMs,
      callerIdE164: '+15125550142',
    });
    await claimCall(pool, 'firm-a', tokenHash);
    call = { tenantId: 'firm-a', callId, startedAtMs: Date.now() };
  });

  const handle = () => temporal.client.workflow.getHandle(intakeWorkflowId(call.tenantId, call.callId));
  const signals = async (): Promise<string[]> => {
    const { events } = await handle().fetchHistory();
    return (events ?? []).flatMap((e) => e.workflowExecutionSignaledEventAttributes?.signalName ?? []);
  };

  test('the first events start it, turns in a row travel together, and the order is kept', async () => {
    await sinkTo(temporal).deliver(call, [
      { kind: 'turn', turn: turn(1) },
      { kind: 'turn', turn: turn(2) },
      { kind: 'connection_lost', atMs: 3 },
      { kind: 'connection_restored', atMs: 4 },
      { kind: 'turn', turn: turn(3) },
      { kind: 'ended', reason: 'caller_hangup', atMs: 4, lastTurn: 3 },
    ]);
    expect(await signals()).toEqual([
      'turnsRecorded',
      'connectionLost',
      'connectionRestored',
      'turnsRecorded',
      'callEnded',
    ]);
    const { events } = await handle().fetchHistory();
    const input = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
    expect(Buffer.from(input[0]!.data!).includes('15125550142')).toBe(false);
    const [opened] = await testDataConverter.payloadCodecs[0].decode(input);
    expect(JSON.parse(Buffer.from(opened!.data!).toString())).toMatchObject({ callerIdE164: '+15125550142' });
    const { typedSearchAttributes, status } = await handle().describe();
    expect(status.name).toBe('RUNNING');
    expect(typedSearchAttributes.get(attributeKeys.tenant)).toBe('firm-a');
    expect(typedSearchAttributes.get(attributeKeys.call)).toBe(call.callId);
    expect(await findCall(pool, 'firm-a', call.callId)).toMatchObject({
      state: 'ended',
      endReason: 'caller_hangup',
    });
    await handle().terminate('test');
  });

  test('an intake that is over is never started again, and late events count as delivered', async () => {
    await sinkTo(temporal).deliver(call, [{ kind: 'turn', turn: turn(1) }]);
    const { runId } = await handle().describe();
    await handle().terminate('test');
    await sinkTo(temporal).deliver(call, [{ kind: 'turn', turn: turn(2) }]);
    const after = await handle().describe();
    expect([after.runId, after.status.name]).toEqual([runId, 'TERMINATED']);
  });

  test('while Temporal is away the delivery is refused within seconds, so that the journal keeps it', async () => {
    const away = openTemporal('127.0.0.1:1', 'default', testDataConverter);
    const began = Date.now();
    await expect(sinkTo(away).deliver(call, [{ kind: 'turn', turn: turn(1) }])).rejects.toThrow();
    expect(Date.now() - began).toBeLessThan(9_000);
    await expect(away.ping()).rejects.toThrow();
    await away.close();
  });

  test('a call nobody claimed is refused', async () => {
    const unclaimed = { ...call, callId: newCallId() };
    await expect(sinkTo(temporal).deliver(unclaimed, [])).rejects.toThrow('never claimed');
  });
});

describe('retrying a dead letter', () => {
  const queue = `test-${randomBytes(6).toString('hex')}`;
  let connection: NativeConnection;
  let worker: Worker;
  let running: Promise<void>;
  let retry: RetryDeadLetters;
  beforeAll(async () => {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
    connection = await NativeConnection.connect({ address: servers().temporalAddress });
    worker = await Worker.create({
      connection,
      taskQueue: queue,
      workflowsPath: require.resolve('./support/parked-write.ts'),
      dataConverter: testDataConverter,
      shutdownForceTime: '2 s',
    });
    running = worker.run();
    retry = createRetry({ pool, temporal: temporal.client, logger: silentLogger });
  });
  afterAll(async () => {
    worker.shutdown();
    await running;
    await connection.close();
  });

  async function parked(tenantId: string, revision = 0): Promise<string> {
    const workflowId = `op:${tenantId}:clio:${randomBytes(6).toString('hex')}`;
    await temporal.client.workflow.start('parkedWrite', { workflowId, taskQueue: queue, args: [revision] });
    await project(tenantId, workflowId, revision);
    return workflowId;
  }
  const project = (tenantId: string, workflowId: string, revision: number): Promise<unknown> =>
    withTenant(pool, tenantId, (scope) =>
      scope.query(
        `insert into writes (tenant_id, workflow_id, call_id, system, operation, priority, state, revision, parked_at)
         values ($1, $2, 'call_x', 'clio', 'clio.note.create', 'LOW', 'parked', $3, now())`,
        [tenantId, workflowId, revision],
      ),
    );
  const ask = (workflowIds: string[], tenantId = 'firm-a'): ReturnType<RetryDeadLetters> =>
    retry({ tenantId, workflowIds, actor: 'user-7', reason: 'Clio is back' });

  test('carries the person and the reason, and asking twice retries once', async () => {
    const id = await parked('firm-a');
    const results = await Promise.all([ask([id]), ask([id])]);
    expect(results.flat()).toEqual(Array(2).fill({ workflowId: id, result: 'retried' }));
    const decisions: unknown = await temporal.client.workflow.getHandle(id).query('decisions');
    expect(decisions).toEqual([
      { action: 'retry', actor: 'user-7', reason: 'Clio is back', expectedRevision: 0 },
    ]);
  });

  test('gives each id its own result', async () => {
    const [good, stale, theirs] = [await parked('firm-a'), await parked('firm-a', 3), await parked('firm-b')];
    await withTenant(pool, 'firm-a', (s) =>
      s.query('update writes set revision = 2 where workflow_id = $1', [stale]),
    );
    const gone = 'op:firm-a:clio:gone';
    await project('firm-a', gone, 0);
    const results = await ask([good, stale, theirs, gone, 'op:none']);
    expect(results.map((r) => r.result)).toEqual([
      'retried',
      'not_parked',
      'not_found',
      'not_parked',
      'not_found',
    ]);
    expect(await temporal.client.workflow.getHandle(theirs).query('decisions')).toEqual([]);
  });

  test('without a worker is answered as failed within seconds, saying that it may still happen', async () => {
    const workflowId = `op:firm-a:clio:${randomBytes(6).toString('hex')}`;
    await temporal.client.workflow.start('parkedWrite', {
      workflowId,
      taskQueue: `${queue}-none`,
      args: [0],
    });
    await project('firm-a', workflowId, 0);
    const [result] = await ask([workflowId]);
    expect(result).toMatchObject({ result: 'failed', detail: expect.stringContaining('may still') });
  });

  test('while Temporal is away is answered as failed', async () => {
    const away = openTemporal('127.0.0.1:1', 'default', testDataConverter);
    const id: string = await parked('firm-a');
    const [result] = await createRetry({ pool, temporal: away.client, logger: silentLogger })({
      tenantId: 'firm-a',
      workflowIds: [id],
      actor: 'user-7',
      reason: 'x',
    });
    expect(result?.result).toBe('failed');
    await away.close();
  });
});
