import {
  chmodSync,
  existsSync,
  mkdirSync,
  readlinkSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import pg from 'pg';
import { clearLeftoverServer } from '../../../src/cli/up/postgres/leftover.js';
import {
  prepareEmbeddedPostgres,
  waitForPostgres,
  type EmbeddedPostgres,
} from '../../../src/cli/up/postgres/server.js';
import { startChild, type Child } from '../../../src/cli/up/processes/child.js';
import { LogFile } from '../../../src/cli/up/processes/log-file.js';
import { freePorts } from '../../../src/cli/up/processes/ports.js';
import { startReaper, type Reaper } from '../../../src/cli/up/processes/reaper.js';
import { cacheDirectory } from '../../../temporal/binaries.js';
import { eventually } from '../../support/eventually.js';
import { isAlive, scene } from './scene.js';

let place: ReturnType<typeof scene>;
let reaper: Reaper;
const notes: string[] = [];
beforeEach(() => {
  place = scene();
  chmodSync(place.directory, 0o711); // for root, who lends the database another account
  reaper = startReaper();
  notes.splice(0);
});
afterEach(async () => {
  await reaper.close();
  place.clear();
});

const prepare = async (path: string): Promise<EmbeddedPostgres> => {
  const [port = 0] = await freePorts('127.0.0.1', 1);
  return prepareEmbeddedPostgres({
    path,
    port,
    superuserPassword: 'correct horse',
    cacheDir: cacheDirectory(process.env),
    durable: true, // without it a killed server may lose its last half second
    onProgress: (line) => notes.push(line),
  });
};
const start = async (server: EmbeddedPostgres): Promise<Child> => {
  const child = startChild(server.spec, reaper, new LogFile(join(place.directory, 'postgres.log')));
  await waitForPostgres(server.superuserUrl('postgres'), { withinMs: 20_000 });
  return child;
};
const query = async (server: EmbeddedPostgres, text: string): Promise<unknown[]> => {
  const client = new pg.Client({ connectionString: server.superuserUrl('postgres') });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
};

test('what was committed is there after kill -9, although the lock file names a process that lives', async () => {
  const path = join(place.directory, 'postgres');
  const first = await prepare(path);
  const child = await start(first);
  await query(first, 'create table kept as select 42 as answer');
  child.kill();
  await child.exited;
  // In a container numbers come back soon: the dead server's may be anybody's by now, here ours.
  const lock = join(first.dataDir, 'postmaster.pid');
  writeFileSync(lock, readFileSync(lock, 'utf8').replace(/^\d+/, String(process.pid)));

  const second = await prepare(path);
  expect(existsSync(lock)).toBe(false);
  await eventually(() => start(second), { withinMs: 15_000, what: 'the server is back' });
  expect(await query(second, 'select answer from kept')).toEqual([{ answer: 42 }]);
});

test('a server that an earlier run left behind is stopped', async () => {
  const server = await prepare(join(place.directory, 'postgres'));
  const { pid } = await start(server);
  await clearLeftoverServer(server.dataDir, (line) => notes.push(line));
  expect(isAlive(pid)).toBe(false);
  expect(notes.at(-1)).toContain(`stopping a PostgreSQL (pid ${pid})`);
});

test('it listens on loopback only, wants the password, and opens no socket file', async () => {
  const server = await prepare(join(place.directory, 'postgres'));
  await start(server);
  const wrong = server.superuserUrl('postgres').replace('correct%20horse', 'battery');
  await expect(waitForPostgres(wrong, { withinMs: 20_000 })).rejects.toThrow(
    'password authentication failed',
  );
  expect(await query(server, 'show listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
  expect(await query(server, 'show unix_socket_directories')).toEqual([{ unix_socket_directories: '' }]);
});

test('an initialisation that was interrupted is not taken for data', async () => {
  const path = join(place.directory, 'postgres');
  mkdirSync(join(path, 'initdb-0bad0bad'), { recursive: true });
  writeFileSync(join(path, 'initdb-0bad0bad', 'PG_VERSION'), '18\n');
  const server = await prepare(path);
  await start(server);
  expect(await query(server, 'select 1 as one')).toEqual([{ one: 1 }]);
});

test('data of another major version is refused, not touched', async () => {
  const path = join(place.directory, 'postgres');
  mkdirSync(join(path, 'data'), { recursive: true });
  writeFileSync(join(path, 'data', 'PG_VERSION'), '15\n');
  await expect(prepare(path)).rejects.toThrow(/written by PostgreSQL 15, this is 18/);
  expect(readFileSync(join(path, 'data', 'PG_VERSION'), 'utf8')).toBe('15\n');
});

(process.getuid?.() === 0 ? test : test.skip)(
  'as root, below a directory that is closed to others, the data goes elsewhere behind a link',
  async () => {
    chmodSync(place.directory, 0o700);
    const path = join(place.directory, 'postgres');
    const server = await prepare(path);
    const elsewhere = readlinkSync(path);
    try {
      expect(notes.join()).toContain(`database files are in ${elsewhere}`);
      expect(statSync(elsewhere).uid).not.toBe(0);
      const child = await start(server);
      await query(server, 'create table kept as select 1 as one');
      await child.stop(5_000);
      const again = await prepare(path);
      expect(again.dataDir).toBe(server.dataDir);
      const restarted = await start(again);
      expect(await query(again, 'select one from kept')).toEqual([{ one: 1 }]);
      await restarted.stop(5_000);
    } finally {
      rmSync(elsewhere, { recursive: true, force: true });
    }
  },
);

(process.getuid?.() === 0 ? test : test.skip)(
  'as root, data that became out of reach is an error that says how to open the way, and stays where it is',
  async () => {
    const path = join(place.directory, 'postgres');
    const { dataDir } = await prepare(path);
    chmodSync(place.directory, 0o700);
    await expect(prepare(path)).rejects.toThrow(/can no longer enter .*chmod o\+x/);
    expect(existsSync(join(dataDir, 'PG_VERSION'))).toBe(true);
  },
);
