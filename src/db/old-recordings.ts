import type { Pool } from 'pg';
import type { CallId, TenantId } from '../domain/ids.js';

/**
 * Recordings of all firms that began before an instant and are still kept, the oldest first: the one query that looks
 * across firms, for the sweep. It shows that they exist and nothing else.
 * @param limit at most so many.
 */
export async function recordingsBefore(
  pool: Pool,
  beforeMs: number,
  limit: number,
): Promise<{ tenantId: TenantId; callId: CallId }[]> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('begin read only');
    await client.query("select set_config('hermes.sweep', 'recordings', true)");
    const { rows } = await client.query<{ tenantId: TenantId; callId: CallId }>(
      `select tenant_id as "tenantId", call_id as "callId" from recordings
        where state <> 'deleted' and started_at < $1 order by started_at limit $2`,
      [new Date(beforeMs), limit],
    );
    await client.query('commit');
    return rows;
  } catch (error) {
    // The scope is the transaction's: a connection that is still in one must not be used again.
    broken = error instanceof Error ? error : new Error('the look-up failed');
    throw error;
  } finally {
    client.release(broken);
  }
}
