/** How deliveries to an endpoint went, and its end when they never do. */
import type { TenantId } from '../../domain/ids.js';
import type { TenantScope } from '../tenant.js';

/** A delivery was taken. */
export async function noteDelivered(
  scope: TenantScope,
  tenantId: TenantId,
  endpointId: string,
): Promise<void> {
  await scope.query(
    `update webhook_endpoints set failing_since = null, last_success_at = now()
      where tenant_id = $1 and endpoint_id = $2`,
    [tenantId, endpointId],
  );
}

/**
 * A delivery was not taken. One that has failed for longer than `disableAfterMs` without a success in between disables an
 * active endpoint.
 * @returns whether it did so now.
 */
export async function noteUndelivered(
  scope: TenantScope,
  tenantId: TenantId,
  endpointId: string,
  { because, disableAfterMs }: { because: string; disableAfterMs: number },
): Promise<boolean> {
  const { rows } = await scope.query<{ state: string }>(
    `update webhook_endpoints as e set failing_since = coalesce(e.failing_since, now()),
            state = case when e.failing_since < now() - make_interval(secs => $4::float8 / 1000) then 'disabled' else e.state end,
            because = $3, updated_at = now()
      where tenant_id = $1 and endpoint_id = $2 and state = 'active' returning state`,
    [tenantId, endpointId, because, disableAfterMs],
  );
  return rows[0]?.state === 'disabled';
}
