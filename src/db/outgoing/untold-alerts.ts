/** Alerts on their way to people. The row itself is the outbox: it is there as soon as the trouble is. */
import { QUIET_MS, type Severity } from '../../domain/outgoing/alert-routing.js';
import type { TenantId } from '../../domain/ids.js';
import type { TenantScope } from '../tenant.js';

export interface UntoldAlert {
  alertId: string;
  kind: string;
  subject: string;
  severity: Severity;
  message: string;
  details: Record<string, unknown>;
  raisedAt: Date;
  isOver: boolean;
  /** When the same kind and subject was last told, if ever. */
  lastToldAt: Date | null;
  /** Alerts of the kind and severity that were told within the quiet time. */
  toldOfKind: number;
}

const columns = `a.alert_id as "alertId", a.kind, a.subject, a.severity, a.message, a.details, a.raised_at as "raisedAt",
  a.resolved_at is not null as "isOver"`;

/** Alerts that nobody was told of, most severe and oldest first. */
export async function untoldAlerts(
  scope: TenantScope,
  tenantId: TenantId,
  limit: number,
): Promise<UntoldAlert[]> {
  const { rows } = await scope.query<UntoldAlert>(
    `select ${columns},
            (select nullif(max(b.announced_at), '-infinity') from alerts b
              where b.tenant_id = a.tenant_id and b.kind = a.kind and b.subject = a.subject) as "lastToldAt",
            (select count(*)::int from alerts b
              where b.tenant_id = a.tenant_id and b.kind = a.kind and b.severity = a.severity
                and b.announced_at > now() - make_interval(secs => $3::float8 / 1000)) as "toldOfKind"
       from alerts a where a.tenant_id = $1 and a.announced_at is null
      order by a.severity, a.raised_at limit $2`,
    [tenantId, limit, QUIET_MS],
  );
  return rows;
}

/** Alerts that people were told of and that are over, without their having been told that. */
export async function untoldEnds(
  scope: TenantScope,
  tenantId: TenantId,
  limit: number,
): Promise<UntoldAlert[]> {
  const { rows } = await scope.query<UntoldAlert>(
    `select ${columns}, null as "lastToldAt", 0 as "toldOfKind" from alerts a
      where a.tenant_id = $1 and a.announced_at is not null and a.resolved_at is not null and a.end_announced_at is null
      order by a.resolved_at limit $2`,
    [tenantId, limit],
  );
  return rows;
}

/** Their notices are started. `dropped`: over before anybody was told, so that their end is no news either. */
export async function markTold(
  scope: TenantScope,
  tenantId: TenantId,
  alertIds: readonly string[],
  what: 'told' | 'dropped' | 'end',
): Promise<void> {
  const sets = {
    told: 'announced_at = now()',
    // Not "announced": the same trouble coming back must not be kept quiet because of it.
    dropped: `announced_at = '-infinity', end_announced_at = now()`,
    end: 'end_announced_at = now()',
  };
  await scope.query(`update alerts set ${sets[what]} where tenant_id = $1 and alert_id = any ($2)`, [
    tenantId,
    alertIds,
  ]);
}

/** Whether the trouble is over by now. */
export async function isOver(scope: TenantScope, tenantId: TenantId, alertId: string): Promise<boolean> {
  const { rowCount } = await scope.query(
    'select from alerts where tenant_id = $1 and alert_id::text = $2 and resolved_at is not null',
    [tenantId, alertId],
  );
  return (rowCount ?? 0) > 0;
}
