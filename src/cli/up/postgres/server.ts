import pg from 'pg';
import type { ChildSpec } from '../processes/child.js';
import { dataDirectory, SUPERUSER } from './data-directory.js';
import { databaseUser } from './database-user.js';
import { clearLeftoverServer } from './leftover.js';
import { postgresPrograms } from './programs.js';

export interface EmbeddedPostgresOptions {
  /** Directory of its own for the data. */
  path: string;
  port: number;
  superuserPassword: string;
  /** Shared cache, see temporal/cache.ts. */
  cacheDir: string;
  /** False for tests: no flushing to disk. */
  durable: boolean;
  onProgress: (line: string) => void;
}

export interface EmbeddedPostgres {
  /** How to start it; it listens on 127.0.0.1 only. */
  spec: ChildSpec;
  /** URL of a database as the superuser. */
  superuserUrl(database: string): string;
  /** Where the data really is. */
  dataDir: string;
}

/**
 * Makes everything ready to start the embedded PostgreSQL: programs, data directory, leftovers of a killed run.
 * @throws Error with one line for people.
 */
export async function prepareEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const user = databaseUser();
  const programs = await postgresPrograms(user, options.cacheDir, options.onProgress);
  const dataDir = await dataDirectory({ ...options, programs, user });
  await clearLeftoverServer(dataDir, options.onProgress);
  const { port, durable } = options;
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    log_min_messages: 'warning',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return {
    dataDir,
    superuserUrl: (database) => databaseUrl(SUPERUSER, options.superuserPassword, port, database),
    spec: {
      name: 'postgres',
      command: programs.postgres,
      args: ['-D', dataDir, ...flags],
      env: { PATH: process.env['PATH'], TZ: 'UTC', LC_ALL: 'C' },
      cwd: '/', // its account may not be able to enter ours
      user,
      stopSignal: 'SIGINT', // fast shutdown: ends sessions, writes everything; SIGTERM would wait for clients
    },
  };
}

/** A URL of the embedded server. */
export const databaseUrl = (user: string, password: string, port: number, database: string): string =>
  `postgres://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;

/**
 * Waits until the server takes connections.
 * @throws Error when it has not within `withinMs` (recovery after a crash can take seconds), when `signal` aborts, or
 * at once when it refuses the password.
 */
export async function waitForPostgres(
  url: string,
  options: { withinMs: number; signal?: AbortSignal | undefined },
): Promise<void> {
  const deadlineMs = Date.now() + options.withinMs;
  for (;;) {
    options.signal?.throwIfAborted();
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return;
    } catch (error) {
      if (error instanceof pg.DatabaseError && error.code === WRONG_PASSWORD) throw error;
      if (Date.now() > deadlineMs)
        throw new Error(`PostgreSQL did not answer within ${options.withinMs / 1_000} s`, { cause: error });
      await new Promise((resolve) => setTimeout(resolve, 30));
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

/** SQLSTATE invalid_password. */
const WRONG_PASSWORD = '28P01';
