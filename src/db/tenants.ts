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
