/** Consents under way. Both secrets arrive hashed; whoever reads the table cannot finish one. */
import type { System } from '../domain/writes.js';
import type { TenantScope } from './tenant.js';

export interface ConnectState {
  nonceHash: Buffer;
  browserHash: Buffer;
  system: System;
  /** Who asked for it. */
  actor: string;
  details: Record<string, unknown>;
}

/** Keeps one for `lifeMs`; those of the firm that nobody came back with go. */
export async function keepConnectState(
  scope: TenantScope,
  tenantId: string,
  { nonceHash, browserHash, system, actor, details }: ConnectState,
  lifeMs: number,
): Promise<void> {
  await scope.query('delete from connect_states where tenant_id = $1 and expires_at < now()', [tenantId]);
  await scope.query(
    `insert into connect_states (tenant_id, nonce_hash, browser_hash, system, actor, details, expires_at)
     values ($1, $2, $3, $4, $5, $6, now() + $7 * interval '1 millisecond')`,
    [tenantId, nonceHash, browserHash, system, actor, JSON.stringify(details), lifeMs],
  );
}

/** Takes one out: whoever comes second, or too late, finds nothing. */
export async function redeemConnectState(
  scope: TenantScope,
  tenantId: string,
  nonceHash: Buffer,
): Promise<ConnectState | undefined> {
  const { rows } = await scope.query<ConnectState & { alive: boolean }>(
    `delete from connect_states where tenant_id = $1 and nonce_hash = $2
     returning nonce_hash as "nonceHash", browser_hash as "browserHash", system, actor, details,
       expires_at > now() as alive`,
    [tenantId, nonceHash],
  );
  const row = rows[0];
  if (!row?.alive) return undefined;
  const { alive: _, ...state } = row;
  return state;
}
