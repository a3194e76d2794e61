import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import type { Ports } from '../../../src/cli/up/addresses.js';
import { waitForPostgres } from '../../../src/cli/up/postgres/server.js';
import { isPortFree } from '../../../src/cli/up/processes/ports.js';
import { startStack } from '../../../src/cli/up/stack.js';
import { StackError } from '../../../src/cli/up/stack-error.js';
import { eventually } from '../../support/eventually.js';
import { scene } from './scene.js';
import { portSettings, processesOf, startInTerminal, type Terminal } from './terminal.js';

/** 6 s on an idle machine of two cores; tests share it with others. */
const READY_WITHIN_MS = 50_000;

let place: ReturnType<typeof scene>;
let dataDir: string;
let ports: Ports;
let env: Record<string, string>;
let stack: Terminal;

beforeAll(async () => {
  place = scene();
  chmodSync(place.directory, 0o711);
  dataDir = join(place.directory, 'data');
  ({ ports, env } = await portSettings());
});
afterAll(async () => {
  stack.process.kill('SIGKILL');
  await stack.exitCode;
  await nothingIsLeft();
  place.clear();
});

async function nothingIsLeft(): Promise<void> {
  await eventually(
    async () => {
      expect(processesOf(dataDir)).toEqual([]);
      for (const port of Object.values(ports))
        expect([port, await isPortFree('127.0.0.1', port)]).toEqual([port, true]);
      return true;
    },
    { withinMs: 8_000, what: 'no process and no open port is left' },
  );
}

const temporal = async <T>(work: (client: Client) => Promise<T>): Promise<T> => {
  const connection = await Connection.connect({ address: `127.0.0.1:${ports.temporal}` });
  try {
    return await work(new Client({ connection }));
  } finally {
    await connection.close();
  }
};
const ask = async (path: string): Promise<{ status: number; body: unknown }> => {
  const token = readFileSync(join(dataDir, 'token'), 'utf8');
  const answer = await fetch(`http://127.0.0.1:${ports.edge}${path}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return { status: answer.status, body: await answer.json() };
};

// The tests below are one story: each goes on where the one before stopped.

test('npm start brings everything up, in order, and its token opens the API', async () => {
  stack = startInTerminal(dataDir, env);
  await stack.shows('Ready in', READY_WITHIN_MS);
  const marks = stack.printed().match(/^✓ (\S+)/gm);
  expect(marks?.map((mark) => mark.slice(2))).toEqual([
    'PostgreSQL',
    'Temporal',
    'Migrations',
    'Search',
    'Keys',
    'Stand-ins',
    'Demo',
    'Speech',
    'Worker',
    'Edge',
  ]);
  expect(stack.printed()).not.toContain('\u001b');
  expect(await ask('/api/v1/calls')).toMatchObject({ status: 200 });
});

test('a second copy in the same directory is refused, with the pid of the first', async () => {
  const second = startInTerminal(dataDir, (await portSettings()).env);
  expect(await second.exitCode).toBe(1);
  expect(second.printed()).toContain(
    `Another copy of the stack (pid ${stack.process.pid}) already uses ${dataDir}`,
  );
  expect(second.printed()).not.toContain('    at ');
});

test('a taken port is told with the setting that changes it, and nothing is left running', async () => {
  const elsewhere = join(place.directory, 'elsewhere');
  const other = startInTerminal(elsewhere, {
    ...(await portSettings()).env,
    HERMES_PORT: String(ports.edge),
  });
  expect(await other.exitCode).toBe(1);
  expect(other.printed()).toContain(`port ${ports.edge} for the edge (API and calls) (HERMES_PORT)`);
  expect(processesOf(elsewhere)).toEqual([]);
});

test('a wrong setting ends the start with 78 and its name', async () => {
  const wrong = startInTerminal(dataDir, { ...env, HERMES_PORT: 'eighty' });
  expect(await wrong.exitCode).toBe(78);
  expect(wrong.printed()).toContain('HERMES_PORT');
});

test('Ctrl-C stops everything within 10 s and leaves no process and no port', async () => {
  await temporal((client) =>
    client.workflow.start('parkedForEver', { taskQueue: 'nobody-listens', workflowId: 'op:kept' }),
  );
  const beganMs = Date.now();
  stack.process.kill('SIGINT');
  expect(await stack.exitCode).toBe(0);
  expect(Date.now() - beganMs).toBeLessThan(10_000);
  await nothingIsLeft();
});

test('the next start finds the waiting workflow, the firm and its connections again', async () => {
  stack = startInTerminal(dataDir, env);
  await stack.shows('Ready in', READY_WITHIN_MS);
  expect(stack.printed()).toMatch(/Migrations +nothing to do/);
  expect(stack.printed()).toMatch(/Demo firm +Harbor & Vale LLP \(harbor-vale\), as before/);
  const kept = await temporal((client) => client.workflow.getHandle('op:kept').describe());
  expect(kept.status.name).toBe('RUNNING');
});

test('kill -9 of the supervisor takes everything else with it', async () => {
  expect(processesOf(dataDir).length).toBeGreaterThan(4);
  stack.process.kill('SIGKILL');
  await stack.exitCode;
  await nothingIsLeft();
});

test('startStack gives a stack on free ports whose parts can be lowered, raised and killed', async () => {
  const mine = await startStack({ env: { ...process.env, HERMES_STT: 'none' }, dataDir, ports: 'ephemeral' });
  try {
    expect(mine.services().toSorted()).toEqual(['clio', 'edge', 'lawpay', 'postgres', 'temporal', 'worker']);
    expect(mine.speech).toMatchObject({ isHeard: false });
    const stranger = startStack({ env: process.env, dataDir, ports: 'ephemeral' });
    await expect(stranger).rejects.toThrow(StackError);

    await mine.lower('clio');
    expect(mine.pid('clio')).toBeUndefined();
    await expect(fetch(mine.addresses.standins.clio!)).rejects.toThrow();
    await mine.raise('clio');
    expect((await fetch(`${mine.addresses.standins.clio}/__control/ledger`)).status).toBe(200);

    const before = mine.pid('postgres');
    mine.kill('postgres');
    await eventually(() => mine.pid('postgres') !== undefined && mine.pid('postgres') !== before, {
      withinMs: 15_000,
      what: 'PostgreSQL is started again',
    });
    await waitForPostgres(mine.addresses.database.owner, { withinMs: 10_000 });
  } finally {
    await mine.stop();
  }
  expect(processesOf(dataDir)).toEqual([]);
});
