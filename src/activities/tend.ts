/** What a connection needs now and then, whether anybody calls or not. */
import type { Pacer } from '../clients/pacer.js';
import { isAlertOpen } from '../db/alerts.js';
import { readConnection } from '../db/connections.js';
import { withTenant } from '../db/tenant.js';
import { listTenants } from '../db/tenants.js';
import type { TenantId } from '../domain/ids.js';
import type { System } from '../domain/writes.js';
import type { Logger } from '../telemetry/logger.js';
import { whileBeating } from './attempt.js';
import { openFirm } from './clio-firm.js';
import type { ClioTokenDeps } from './clio-tokens.js';
import { keepSubscribed, type WebhookDeps } from './clio-webhooks.js';
import type { TendActivities, Tended } from './tend-contracts.js';

export interface TendDeps extends ClioTokenDeps, WebhookDeps {
  logger: Logger;
  pacerFor: (tenantId: TenantId, signal: AbortSignal) => Pacer;
  /** Tells the writes of a firm that are parked for want of credentials to go on. */
  reconnected: (tenantId: TenantId, system: System) => Promise<void>;
  /** Epoch milliseconds; default: this machine's clock. */
  nowMs?: () => number;
}

/** Firms of one activity: two queries each, and requests only where something is due. */
const FIRMS_AT_ONCE = 50;

export const createTendActivities = (deps: TendDeps): TendActivities => ({
  tendConnections: ({ tenantId, after }) =>
    whileBeating(async (signal) => {
      const all = tenantId === undefined ? await listTenants(deps.pool) : [tenantId];
      // By code unit, whatever the database's collation: `after` must mean the same here and there.
      const left = [...all].sort().filter((firm) => after === undefined || firm > after);
      const firms = left.slice(0, FIRMS_AT_ONCE);
      const tended: Tended = { firms: firms.length, webhooks: 0, failed: 0 };
      for (const firm of firms) {
        signal.throwIfAborted();
        try {
          tended.webhooks += await tend(deps, firm, signal);
        } catch (err) {
          signal.throwIfAborted();
          tended.failed += 1;
          deps.logger.warn({ err, tenantId: firm }, 'a firm’s connections could not be looked after');
        }
      }
      const last = firms.at(-1);
      return { ...tended, ...(left.length > firms.length && last !== undefined && { next: last }) };
    }),
});

/** @returns how many subscriptions were made or renewed. */
async function tend(deps: TendDeps, tenantId: TenantId, signal: AbortSignal): Promise<number> {
  const { pool } = deps;
  const { connection, isUntold } = await withTenant(pool, tenantId, async (scope) => ({
    connection: await readConnection(scope, tenantId, 'clio'),
    isUntold: await isAlertOpen(scope, { tenantId, kind: 'connection.untold', subject: 'clio' }),
  }));
  if (!connection?.sealedTokens || connection.revokedAt) return 0;
  if (isUntold) await deps.reconnected(tenantId, 'clio');
  if (deps.receiver === undefined) return 0;
  const firm = await openFirm(deps, tenantId, signal, deps.pacerFor(tenantId, signal));
  const done = await keepSubscribed(deps, firm, deps.nowMs?.() ?? Date.now());
  return Object.keys(done).length;
}
