import type { Pool } from 'pg';
import { z } from 'zod';

/**
 * Asks the database for one row.
 * @throws the driver's error when it is away or slow (bounded by the pool's connect and statement limits).
 */
export async function pingDatabase(pool: Pool): Promise<void> {
  await pool.query('select 1');
}

/** PostgreSQL classes 08 (connection), 57P (shutdown, starting up) and 53 (out of connections, disk, memory). */
const AWAY_SQLSTATE = /^(08|57P|53)/;
const AWAY_ERRNO = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EPIPE']);
/** Texts of `pg` for which it sets no code. */
const AWAY_MESSAGE = /timeout exceeded when trying to connect|Connection terminated|connection timeout/i;

/** Whether an error means that the database cannot be used at the moment, rather than that a query is wrong. */
export function isDatabaseAway(error: unknown): boolean {
  const { code, message } = DriverError.catch({}).parse(error);
  return AWAY_SQLSTATE.test(code ?? '') || AWAY_ERRNO.has(code ?? '') || AWAY_MESSAGE.test(message ?? '');
}

/** Read by shape: the driver passes on errors of the socket as they are. */
const DriverError = z.object({
  code: z.string().optional().catch(undefined),
  message: z.string().optional(),
});
