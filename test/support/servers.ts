import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { Reaper } from '../../src/cli/up/processes/reaper.js';

/** Where the servers of this jest run are. */
export interface Servers {
  /** PostgreSQL as superuser, database `postgres`. */
  databaseAdminUrl: string;
  /** The migrated template as owner and as the application role. Copy it (`freshDatabase`), never write to it. */
  ownerUrl: string;
  appUrl: string;
  /** Dev server, namespace `default`, all search attributes registered. */
  temporalAddress: string;
  /** The SQLite file it keeps everything in. */
  temporalDatabaseFile: string;
  /** The CLI it runs on. */
  temporalPath: string;
  /** Time-skipping server, for `TestWorkflowEnvironment.createTimeSkipping({ server: { executable: … } })`. */
  testServerPath: string;
}

/** What the parts of global-setup.ts share. */
export interface TestRun {
  reaper: Reaper;
  directory: string;
  cacheDir: string;
  onProgress: (line: string) => void;
}

/** Carries the addresses from jest's parent process to its workers. */
export const SERVERS_VARIABLE = 'HERMES_TEST_SERVERS';

/** @throws Error in a test file whose name does not end in `.it.test.ts`: those get no servers. */
export function servers(): Servers {
  const text = process.env[SERVERS_VARIABLE];
  if (text === undefined) throw new Error('no test servers: name the file *.it.test.ts');
  return JSON.parse(text) as Servers;
}

export interface FreshDatabase {
  ownerUrl: string;
  /** As the application: row-level security applies. */
  appUrl: string;
  /** Ends sessions that are still open and removes the database. */
  drop(): Promise<void>;
}

/** A migrated, empty database of one's own, copied from the template in some 50 ms. */
export async function freshDatabase(): Promise<FreshDatabase> {
  const { ownerUrl, appUrl } = servers();
  const name = `test_${randomBytes(6).toString('hex')}`;
  const template = new URL(ownerUrl).pathname.slice(1);
  const owner = new URL(ownerUrl).username;
  await asAdmin(`create database ${name} template ${template} owner ${owner}`);
  return {
    ownerUrl: inDatabase(ownerUrl, name),
    appUrl: inDatabase(appUrl, name),
    drop: () => asAdmin(`drop database if exists ${name} with (force)`),
  };
}

function inDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}

async function asAdmin(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: servers().databaseAdminUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
