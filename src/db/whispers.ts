/** What is whispered to the person who takes over a call: kept from the hand-over until somebody has answered, or nobody has. */
import type { Pool } from 'pg';
import type { CallId, TenantId } from '../domain/ids.js';
import { withTenant } from './tenant.js';

/** Keeps the words for whoever picks up; any edge may be asked for them. */
export async function keepWhisper(
  pool: Pool,
  tenantId: TenantId,
  callId: CallId,
  words: string,
): Promise<void> {
  await withTenant(pool, tenantId, (scope) =>
    scope.query('update calls set whisper = $3 where tenant_id = $1 and call_id = $2', [
      tenantId,
      callId,
      words,
    ]),
  );
}

/** @returns undefined when there is nothing to whisper, or no such call. */
export async function findWhisper(
  pool: Pool,
  tenantId: TenantId,
  callId: CallId,
): Promise<string | undefined> {
  return withTenant(pool, tenantId, async (scope) => {
    const { rows } = await scope.query<{ whisper: string | null }>(
      'select whisper from calls where tenant_id = $1 and call_id = $2',
      [tenantId, callId],
    );
    return rows[0]?.whisper ?? undefined;
  });
}

/** The hand-over is over: the words have served. */
export async function forgetWhisper(pool: Pool, tenantId: TenantId, callId: CallId): Promise<void> {
  await withTenant(pool, tenantId, (scope) =>
    scope.query('update calls set whisper = null where tenant_id = $1 and call_id = $2', [tenantId, callId]),
  );
}
