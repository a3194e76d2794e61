/** Letting a firm's Clio go. */
import { createClioClient } from '../clients/clio/client.js';
import { deauthorize } from '../clients/clio/oauth.js';
import { forgetTokens, readConnection } from '../db/connections.js';
import { withTenant } from '../db/tenant.js';
import { OutsideError } from '../domain/failures.js';
import type { TenantId } from '../domain/ids.js';
import type { ClioConnectDeps } from './clio-connect-deps.js';
import { clioTokens } from './clio-tokens.js';
import { unsubscribe } from './clio-webhooks.js';
import { auditConnection } from './connection-audit.js';

/** @returns undefined when the firm is not connected; `deauthorized` false: Clio could not be told. */
export async function disconnect(
  deps: ClioConnectDeps,
  tenantId: TenantId,
  { actor, reason }: { actor: string; reason: string },
): Promise<{ deauthorized: boolean } | undefined> {
  const { pool } = deps;
  const known = await withTenant(pool, tenantId, (scope) => readConnection(scope, tenantId, 'clio'));
  if (!known?.sealedTokens) return undefined;
  const deauthorized = await endConsent(deps, tenantId, known.revokedAt !== null);
  await withTenant(pool, tenantId, async (scope) => {
    await forgetTokens(scope, tenantId, 'clio');
    const details = { deauthorized };
    await auditConnection(scope, tenantId, { actor, action: 'connection.disconnect', reason, details });
  });
  return { deauthorized };
}

/** The tokens go whatever Clio says: a firm that wants to leave must not depend on its answer. */
async function endConsent(deps: ClioConnectDeps, tenantId: TenantId, isRevoked: boolean): Promise<boolean> {
  if (isRevoked) return true;
  const limits = { timeoutMs: deps.timeoutMs, signal: new AbortController().signal };
  try {
    const { connection, tokens } = await clioTokens(deps, tenantId, limits.signal);
    const { timeoutMs } = deps;
    const pacer = deps.pacerFor(tenantId, limits.signal);
    const clio = createClioClient({
      baseUrl: connection.baseUrl,
      tokens,
      timeoutMs,
      signal: limits.signal,
      pacer,
    });
    await unsubscribe(deps, { tenantId, clio }).catch((err: unknown) =>
      deps.logger.warn({ err }, 'subscriptions at Clio could not be ended; they run out by themselves'),
    );
    await deauthorize(connection.baseUrl, await tokens.current(), limits);
    return true;
  } catch (error) {
    if (error instanceof OutsideError && error.errorClass === 'auth') return true;
    deps.logger.warn({ err: error }, 'Clio could not be told that a firm has disconnected');
    return false;
  }
}
