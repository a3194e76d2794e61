/** How to reach one outside system for one firm. Tokens arrive here already sealed; this file never sees them open. */
import type { System } from '../domain/writes.js';
import type { TenantScope } from './tenant.js';

export interface Connection {
  baseUrl: string;
  /** Per-system settings (LawPay amount unit, cached Clio field ids …). */
  settings: Record<string, unknown>;
  sealedTokens: Buffer | null;
  tokenExpiresAt: Date | null;
  /** When the vendor refused to renew the tokens; null while the connection is good. */
  revokedAt: Date | null;
}

const columns = `base_url as "baseUrl", settings, sealed_tokens as "sealedTokens",
  token_expires_at as "tokenExpiresAt", revoked_at as "revokedAt"`;

/** The connection of a firm, or undefined when it never connected the system. */
export async function readConnection(
  scope: TenantScope,
  tenantId: string,
  system: System,
): Promise<Connection | undefined> {
  const { rows } = await scope.query<Connection>(
    `select ${columns} from connections where tenant_id = $1 and system = $2`,
    [tenantId, system],
  );
  return rows[0];
}

/** The same, holding the row until the transaction ends: token refreshes of a firm happen one at a time. */
export async function lockConnection(
  scope: TenantScope,
  tenantId: string,
  system: System,
): Promise<Connection | undefined> {
  const { rows } = await scope.query<Connection>(
    `select ${columns} from connections where tenant_id = $1 and system = $2 for update`,
    [tenantId, system],
  );
  return rows[0];
}

/** Creates or replaces a connection; clears an earlier revocation. */
export async function saveConnection(
  scope: TenantScope,
  tenantId: string,
  system: System,
  connection: Pick<Connection, 'baseUrl' | 'settings' | 'sealedTokens' | 'tokenExpiresAt'>,
): Promise<void> {
  await scope.query(
    `insert into connections (tenant_id, system, base_url, settings, sealed_tokens, token_expires_at)
     values ($1, $2, $3, $4, $5, $6)
     on conflict (tenant_id, system) do update
       set base_url = excluded.base_url, settings = excluded.settings, sealed_tokens = excluded.sealed_tokens,
           token_expires_at = excluded.token_expires_at, revoked_at = null, updated_at = now()`,
    [
      tenantId,
      system,
      connection.baseUrl,
      JSON.stringify(connection.settings),
      connection.sealedTokens,
      connection.tokenExpiresAt,
    ],
  );
}

/** Replaces the sealed tokens after a refresh. */
export async function saveTokens(
  scope: TenantScope,
  tenantId: string,
  system: System,
  tokens: Pick<Connection, 'sealedTokens' | 'tokenExpiresAt'>,
): Promise<void> {
  await scope.query(
    `update connections set sealed_tokens = $3, token_expires_at = $4, revoked_at = null, updated_at = now()
     where tenant_id = $1 and system = $2`,
    [tenantId, system, tokens.sealedTokens, tokens.tokenExpiresAt],
  );
}

/** Notes that the vendor refused our credentials; the first time counts. */
export async function markRevoked(scope: TenantScope, tenantId: string, system: System): Promise<void> {
  await scope.query(
    `update connections set revoked_at = coalesce(revoked_at, now()), updated_at = now()
     where tenant_id = $1 and system = $2`,
    [tenantId, system],
  );
}

/** Ends a connection: its tokens go, its settings stay for the day the firm connects again. */
export async function forgetTokens(scope: TenantScope, tenantId: string, system: System): Promise<void> {
  await scope.query(
    `update connections set sealed_tokens = null, token_expires_at = null,
         revoked_at = coalesce(revoked_at, now()), updated_at = now()
     where tenant_id = $1 and system = $2`,
    [tenantId, system],
  );
}

/** Every connection a firm ever made. */
export async function listConnections(
  scope: TenantScope,
  tenantId: string,
): Promise<(Connection & { system: System; updatedAt: Date })[]> {
  const { rows } = await scope.query<Connection & { system: System; updatedAt: Date }>(
    `select system, updated_at as "updatedAt", ${columns} from connections where tenant_id = $1 order by system`,
    [tenantId],
  );
  return rows;
}

/** Merges keys into the settings, top level only. */
export async function mergeSettings(
  scope: TenantScope,
  tenantId: string,
  system: System,
  patch: Record<string, unknown>,
): Promise<void> {
  await scope.query(
    `update connections set settings = settings || $3::jsonb, updated_at = now()
     where tenant_id = $1 and system = $2`,
    [tenantId, system, JSON.stringify(patch)],
  );
}

/**
 * Lets one transaction at a time set up something in a firm's outside system. A lock of its own, so that a token
 * refresh (which takes the row) never waits for it.
 */
export async function lockSetup(scope: TenantScope, tenantId: string, system: System): Promise<void> {
  await scope.query('select pg_advisory_xact_lock(hashtext($1))', [`hermes/setup/${tenantId}/${system}`]);
}
