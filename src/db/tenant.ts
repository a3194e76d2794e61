import type { Pool, PoolClient } from 'pg';
import type { TenantId } from '../domain/ids.js';

/** A connection inside a transaction that sees one tenant's rows and no others. */
export type TenantScope = Pick<PoolClient, 'query'>;

/**
 * Runs `work` in one transaction whose row-level security is set to `tenantId`. The setting is transaction-local, so a
 * pooled connection never carries one firm's scope to another. Every query of the application goes through here.
 * @throws whatever `work` throws, after rolling back; or the driver's error when the database is away.
 */
export async function withTenant<T>(
  pool: Pool,
  tenantId: TenantId,
  work: (scope: TenantScope) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('begin');
    await client.query("select set_config('hermes.tenant', $1, true)", [tenantId]);
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch((e: unknown) => {
      // A connection that cannot roll back must not return to the pool: it may still hold the scope.
      broken = e instanceof Error ? e : new Error('rollback failed');
    });
    throw error;
  } finally {
    client.release(broken);
  }
}
