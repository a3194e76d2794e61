import type { Pool } from 'pg';
import { FirmProfile } from '../domain/firm.js';
import type { TenantId } from '../domain/ids.js';
import { withTenant } from './tenant.js';

/** The firm's current profile, or undefined when there is no such tenant. @throws ZodError when the stored one is bad. */
export async function findFirm(pool: Pool, tenantId: TenantId): Promise<FirmProfile | undefined> {
  return withTenant(pool, tenantId, async (scope) => {
    const { rows } = await scope.query<{ profile: unknown }>(
      'select profile from tenants where tenant_id = $1',
      [tenantId],
    );
    return rows[0] && FirmProfile.parse(rows[0].profile);
  });
}

/** The scope under which the names of all firms may be read, and nothing else; no firm can be called that. */
const ALL_FIRMS = '*';

/** Every firm, for work that goes through all of them. */
export async function listTenants(pool: Pool): Promise<TenantId[]> {
  return withTenant(pool, ALL_FIRMS, async (scope) => {
    const { rows } = await scope.query<{ tenant_id: TenantId }>(
      'select tenant_id from tenants order by tenant_id',
    );
    return rows.map((row) => row.tenant_id);
  });
}

/** Creates the tenant or replaces its profile. Calls in progress keep the profile they began with. */
export async function saveFirm(pool: Pool, firm: FirmProfile): Promise<void> {
  await withTenant(pool, firm.tenantId, (scope) =>
    scope.query(
      `insert into tenants (tenant_id, profile) values ($1, $2)
       on conflict (tenant_id) do update set profile = excluded.profile`,
      [firm.tenantId, FirmProfile.parse(firm)],
    ),
  );
}
