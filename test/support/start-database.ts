import { randomBytes } from 'node:crypto';
import { chmod } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { startChild } from '../../src/cli/up/processes/child.js';
import { LogFile } from '../../src/cli/up/processes/log-file.js';
import { DATABASE, EDGE, OWNER, provisionRoles } from '../../src/cli/up/postgres/roles.js';
import { databaseUrl, prepareEmbeddedPostgres, waitForPostgres } from '../../src/cli/up/postgres/server.js';
import { migrate } from '../../src/db/migrate.js';
import type { Servers, TestRun } from './servers.js';

/** Starts PostgreSQL without flushing and migrates the database that `freshDatabase()` copies. */
export async function startTestDatabase(
  run: TestRun,
  port: number,
): Promise<Pick<Servers, 'databaseAdminUrl' | 'ownerUrl' | 'appUrl'>> {
  const password = randomBytes(12).toString('hex');
  await chmod(run.directory, 0o711); // root lends PostgreSQL another account, which must get through
  const postgres = await prepareEmbeddedPostgres({
    path: join(run.directory, 'postgres'),
    port,
    superuserPassword: password,
    cacheDir: run.cacheDir,
    durable: false,
    onProgress: run.onProgress,
  });
  run.reaper.remove(dirname(postgres.dataDir));
  const log = new LogFile(join(run.directory, 'postgres.log'));
  const child = startChild(postgres.spec, run.reaper, log);
  const gone = child.exited.then(() => {
    throw new Error(`PostgreSQL ended at once: ${log.tail(5).join('\n')}`);
  });
  const admin = postgres.superuserUrl('postgres');
  await Promise.race([gone, waitForPostgres(admin, { withinMs: 20_000 })]);
  gone.catch(() => undefined); // from here on a dead server shows in the tests
  await provisionRoles(admin, { owner: password, edge: password });
  const ownerUrl = databaseUrl(OWNER, password, port, DATABASE);
  await migrate(ownerUrl);
  return { databaseAdminUrl: admin, ownerUrl, appUrl: databaseUrl(EDGE, password, port, DATABASE) };
}
