import pg from 'pg';

/**
 * Opens a pool with limits that keep a slow database from hanging the process: 5 s to connect, 15 s per statement.
 * The caller closes it with `end()`.
 * @param max connections; the embedded server allows 100 in all.
 * @param onIdleError told when a pooled idle connection dies (server restart); the pool replaces it by itself.
 */
export function openPool(
  connectionString: string,
  max: number,
  onIdleError: (error: Error) => void,
): pg.Pool {
  const pool = new pg.Pool({
    connectionString,
    max,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    statement_timeout: 15_000,
    application_name: 'hermes',
  });
  pool.on('error', onIdleError);
  return pool;
}
