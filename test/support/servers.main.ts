/**
 * Real servers for the integration tests of one jest run: PostgreSQL with a migrated template database, a Temporal dev
 * server with the search attributes, the path of the time-skipping server. All on free loopback ports and in one
 * temporary directory. Prints their addresses as one JSON line and stays until stdin closes, so it ends with jest
 * however jest ends; the reaper then stops the servers and removes the directory.
 */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../../src/cli/up/processes/ports.js';
import { startReaper, type Reaper } from '../../src/cli/up/processes/reaper.js';
import {
  cacheDirectory,
  ensureTemporalCli,
  ensureTestServer,
  type ProvideOptions,
} from '../../temporal/binaries.js';
import type { Servers, TestRun } from './servers.js';
import { startTestDatabase } from './start-database.js';
import { startTestTemporal } from './start-temporal.js';

async function startServers(reaper: Reaper): Promise<Servers> {
  const directory = await mkdtemp(join(tmpdir(), 'hermes-test-'));
  reaper.remove(directory);
  const cacheDir = cacheDirectory(process.env);
  const onProgress = (line: string): void => void process.stderr.write(`${line}\n`);
  const run: TestRun = { reaper, directory, cacheDir, onProgress };
  const from = (variable: string): ProvideOptions => ({
    explicitPath: process.env[variable],
    searchPath: process.env['PATH'] ?? '',
    cacheDir,
    onProgress,
  });
  const [postgres = 0, frontend = 0, ui = 0] = await freePorts('127.0.0.1', 3);
  const [database, temporal, testServerPath] = await Promise.all([
    startTestDatabase(run, postgres),
    ensureTemporalCli(from('TEMPORAL_CLI_PATH')).then((path) =>
      startTestTemporal(run, path, { frontend, ui }),
    ),
    ensureTestServer(from('TEMPORAL_TEST_SERVER_PATH')),
  ]);
  return { ...database, ...temporal, testServerPath };
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined); // jest decides
const reaper = startReaper();
process.stdin.on('end', () => void reaper.close().then(() => process.exit(process.exitCode)));
process.stdin.resume();
try {
  process.stdout.write(`${JSON.stringify(await startServers(reaper))}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
  await reaper.close();
  process.exit();
}
