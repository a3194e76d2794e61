import { join } from 'node:path';
import { startChild } from '../../src/cli/up/processes/child.js';
import { LogFile } from '../../src/cli/up/processes/log-file.js';
import { searchAttributes } from '../../src/workflows/search-attributes.js';
import { devServerArguments, waitForTemporal } from '../../temporal/dev-server.js';
import { registerSearchAttributes } from '../../temporal/search-attributes.js';
import type { Servers, TestRun } from './servers.js';

/** Starts the Temporal dev server with a database file and registers the search attributes in `default`. */
export async function startTestTemporal(
  run: TestRun,
  temporalPath: string,
  ports: { frontend: number; ui: number },
): Promise<Pick<Servers, 'temporalAddress' | 'temporalPath' | 'temporalDatabaseFile'>> {
  const log = new LogFile(join(run.directory, 'temporal.log'));
  const temporalDatabaseFile = join(run.directory, 'temporal.db');
  const child = startChild(
    {
      name: 'temporal',
      command: temporalPath,
      args: devServerArguments({
        databaseFile: temporalDatabaseFile,
        ip: '127.0.0.1',
        port: ports.frontend,
        uiPort: ports.ui,
        namespace: 'default',
      }),
      env: { PATH: process.env['PATH'], HOME: run.directory },
      cwd: run.directory,
      stopSignal: 'SIGINT',
    },
    run.reaper,
    log,
  );
  const gone = child.exited.then(() => {
    throw new Error(`the Temporal dev server ended at once: ${log.tail(5).join('\n')}`);
  });
  const temporalAddress = `127.0.0.1:${ports.frontend}`;
  await Promise.race([gone, waitForTemporal(temporalAddress, 'default', { withinMs: 20_000 })]);
  gone.catch(() => undefined); // from here on a dead server shows in the tests
  await registerSearchAttributes(temporalAddress, 'default', searchAttributes);
  return { temporalAddress, temporalPath, temporalDatabaseFile };
}
