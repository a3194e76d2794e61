import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import pg from 'pg';

const migrations = fileURLToPath(new URL('../../migrations', import.meta.url));

/**
 * Brings the schema up to date: every file in `migrations/` that has not run yet, in one transaction, under an
 * advisory lock that makes a second process wait. A second run does nothing.
 * @param ownerUrl connection as the owner of the schema.
 * @returns names of the migrations applied now.
 * @throws the database's error; nothing of the run is kept then.
 */
export async function migrate(ownerUrl: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: ownerUrl, connectionTimeoutMillis: 5_000 });
  client.on('error', ignore); // a connection lost in mid-run fails the query that waits on it
  await client.connect();
  try {
    const applied = await runner({
      dbClient: client,
      dir: migrations,
      direction: 'up',
      migrationsTable: 'schema_migrations',
      advisoryLockMode: 'wait',
      // Numbers are given out when work begins, so a lower one may come after a higher one. None depends on its neighbours.
      checkOrder: false,
      logger: { debug: ignore, info: ignore, warn: ignore, error: ignore },
    });
    return applied.map((migration) => migration.name);
  } finally {
    await client.end();
  }
}

/** The result says what was applied and the error what was not; the runner's own lines add nothing. */
const ignore = (): void => undefined;
