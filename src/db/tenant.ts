import { escapeLiteral, type Pool, type PoolClient, type QueryResult, type QueryResultRow } from 'pg';
import type { TenantId } from '../domain/ids.js';
import { statementName } from './statement-names.js';

/** A connection inside a transaction that sees one tenant's rows and no others. */
export interface TenantScope {
  query<R extends QueryResultRow = QueryResultRow>(text: string, values?: unknown[]): Promise<QueryResult<R>>;
}

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
    // One round trip; statements that go together take no parameters.
    await client.query(`begin; select set_config('hermes.tenant', ${escapeLiteral(tenantId)}, true)`);
    const result = await work(scopeOn(client));
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

/** Statements are prepared once per connection: reading and rewriting one costs more than most of ours take to run. */
const scopeOn = (client: PoolClient): TenantScope => ({
  query: (text, values = []) => {
    const name = statementName(text);
    return client.query({ text, values, ...(name !== undefined && { name }) });
  },
});
