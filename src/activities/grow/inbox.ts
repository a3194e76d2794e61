/** Naming a firm's lead inbox and letting it go. Grow is not asked: whatever is sent to an inbox may become a lead. */
import type { Pool } from 'pg';
import { forgetTokens, readConnection, saveConnection, type Connection } from '../../db/connections.js';
import { withTenant } from '../../db/tenant.js';
import { growHostOf, readGrowSettings, type GrowSettings } from '../../domain/grow.js';
import type { TenantId } from '../../domain/ids.js';
import { auditConnection } from '../connection-audit.js';
import { sealTokens, type SecretBox } from '../vendor-tokens.js';

export interface InboxDeskDeps {
  pool: Pool;
  box: SecretBox;
  /** Hosts by region, in the place of Clio's own. */
  hosts: Readonly<Partial<Record<string, string>>>;
}

/** Who does it and why, for the audit log. */
export interface By {
  actor: string;
  reason: string;
}

/** A firm's inbox as people may see it: never its token. */
export interface InboxView extends GrowSettings {
  baseUrl: string;
  /** When Grow refused the token; null while it is good. */
  refusedAt: Date | null;
}

export const createGrowDesk = ({ pool, box, hosts }: InboxDeskDeps) => ({
  /** Undefined: the firm has none. */
  read: (tenantId: TenantId): Promise<InboxView | undefined> =>
    withTenant(pool, tenantId, async (scope) => {
      const connection = await readConnection(scope, tenantId, 'grow');
      return connection?.sealedTokens ? viewOf(connection) : undefined;
    }),
  /** Names the inbox, or another in the place of the one before. */
  name: (tenantId: TenantId, token: string, settings: GrowSettings, by: By): Promise<InboxView> =>
    withTenant(pool, tenantId, async (scope) => {
      const baseUrl = growHostOf(settings.region, hosts);
      const sealedTokens = sealTokens({ box, tenantId, system: 'grow' }, { accessToken: token });
      await saveConnection(scope, tenantId, 'grow', {
        ...{ baseUrl, settings, sealedTokens, tokenExpiresAt: null },
      });
      const event = { ...by, action: 'connection.connect', details: { ...settings, baseUrl } };
      await auditConnection(scope, tenantId, event, 'grow');
      return { ...settings, baseUrl, refusedAt: null };
    }),
  /** Forgets the token. @returns whether there was an inbox. */
  letGo: (tenantId: TenantId, by: By): Promise<boolean> =>
    withTenant(pool, tenantId, async (scope) => {
      const connection = await readConnection(scope, tenantId, 'grow');
      if (!connection?.sealedTokens) return false;
      await forgetTokens(scope, tenantId, 'grow');
      await auditConnection(scope, tenantId, { ...by, action: 'connection.disconnect', details: {} }, 'grow');
      return true;
    }),
});

const viewOf = ({ settings, baseUrl, revokedAt }: Connection): InboxView => ({
  ...readGrowSettings(settings),
  baseUrl,
  refusedAt: revokedAt,
});
