import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { countKeys } from '../../src/cli/keys/usage.js';
import { createDataConverter } from '../../src/codec/data-converter.js';
import type { PayloadKey } from '../../src/codec/key-ring.js';
import { resolveWrite } from '../../src/workflows/messages.js';
import { eventually } from '../support/eventually.js';
import { capturingLogger, silentLogger } from '../support/log.js';
import { servers } from '../support/servers.js';

const newKey = (id: string): PayloadKey => ({ id, secret: randomBytes(32) });
const run = randomBytes(3).toString('hex');
const [old, recent] = [newKey(`2026-08-${run}`), newKey(`2026-11-${run}`)];

let connection: Connection;
let native: NativeConnection;
beforeAll(async () => {
  Runtime.install({
    logger: new DefaultLogger('ERROR', () => undefined),
    telemetryOptions: { logging: { filter: 'OFF' } },
  });
  connection = await Connection.connect({ address: servers().temporalAddress });
  native = await NativeConnection.connect({ address: servers().temporalAddress });
});
afterAll(async () => {
  await connection.close();
  await native.close();
});

const queue = `test-${randomBytes(6).toString('hex')}`;
const clientWith = (...keys: PayloadKey[]): Client =>
  new Client({ connection, dataConverter: createDataConverter(keys, silentLogger) });
const startWrite = (client: Client): Promise<WorkflowHandle> =>
  client.workflow.start('parkedWrite', {
    workflowId: `op:firm-a:clio:${randomBytes(6).toString('hex')}`,
    taskQueue: queue,
    args: [0],
    memo: { note: 'sealed too' },
  });
const decisionsOf = (client: Client, { workflowId }: WorkflowHandle): Promise<unknown> =>
  client.withDeadline(Date.now() + 2_000, () => client.workflow.getHandle(workflowId).query('decisions'));

async function whileWorking(
  keys: PayloadKey[],
  logger: Parameters<typeof createDataConverter>[1],
  work: (worker: Worker) => Promise<void>,
): Promise<void> {
  const worker = await Worker.create({
    connection: native,
    taskQueue: queue,
    workflowsPath: require.resolve('../api/support/parked-write.ts'),
    dataConverter: createDataConverter(keys, logger),
    shutdownForceTime: '2 s',
  });
  await worker.runUntil(work(worker));
}

test('a worker without the key says which is missing, goes on with the rest, and takes the workflow up once it has the key', async () => {
  const left = await startWrite(clientWith(old));
  const { logger, lines } = capturingLogger();
  const newer = clientWith(recent);
  await whileWorking([recent], logger, async (worker) => {
    await eventually(() => lines.length > 0, { withinMs: 10_000, what: 'the missing key is said' });
    const other = await startWrite(newer);
    await eventually(async () => Array.isArray(await decisionsOf(newer, other)), {
      withinMs: 10_000,
      what: 'another workflow goes on',
    });
    expect(worker.getState()).toBe('RUNNING');
    await other.terminate('test');
  });
  expect(lines[0]).toMatchObject({ level: 'error', payloadKeyId: old.id, times: 1 });
  expect(lines[0]?.msg).toContain('a payload key is missing');
  // Temporal itself waits between two tries, 10 s and more: a missing key is no hot loop.
  const { raw } = await left.describe();
  expect(raw.pendingWorkflowTask?.attempt).toBeLessThan(10);
  const { events } = await left.fetchHistory();
  expect(events?.some((event) => event.workflowTaskFailedEventAttributes)).toBe(true);

  const both = clientWith(recent, old);
  await whileWorking([recent, old], silentLogger, async () => {
    await eventually(async () => Array.isArray(await decisionsOf(both, left)), {
      withinMs: 30_000,
      what: 'the workflow goes on',
    });
    const decision = { action: 'retry', actor: 'pat', reason: 'x', expectedRevision: 0 } as const;
    await both.workflow.getHandle(left.workflowId).executeUpdate(resolveWrite, { args: [decision] });
    expect(await decisionsOf(both, left)).toEqual([decision]);
  });
  // Nobody may take the old key away yet: the workflow's first payloads need it.
  const counted = await countKeys(connection, 'default');
  expect([counted.get(old.id), (counted.get(recent.id) ?? 0) >= 1]).toEqual([1, true]);
  await left.terminate('test');
});
