/** Alerts: what somebody should be told once, open until its reason is gone. */
import type { TenantId } from '../domain/ids.js';
import type { TenantScope } from './tenant.js';

/** `message` and `details` go to pagers and logs: counts, class names and opaque ids only. */
export interface Alert {
  tenantId: TenantId;
  /** What kind of trouble, e.g. `dead_letters.critical`. */
  kind: string;
  /** What it is about when there can be several of a kind: a system, a job. */
  subject?: string;
  severity: 'critical' | 'warning';
  message: string;
  details?: Readonly<Record<string, unknown>>;
}

/** @returns whether it is new; false when the same one is open already, so that nobody is told twice. */
export async function raiseAlert(scope: TenantScope, alert: Alert): Promise<boolean> {
  const { tenantId, kind, subject = '', severity, message, details = {} } = alert;
  const { rowCount } = await scope.query(
    `insert into alerts (tenant_id, kind, subject, severity, message, details) values ($1, $2, $3, $4, $5, $6)
     on conflict (tenant_id, kind, subject) where resolved_at is null do nothing`,
    [tenantId, kind, subject, severity, message, JSON.stringify(details)],
  );
  return (rowCount ?? 0) > 0;
}

/** Ends an alert whose reason is gone. @returns whether one was open. */
export async function resolveAlert(
  scope: TenantScope,
  { tenantId, kind, subject = '' }: Pick<Alert, 'tenantId' | 'kind' | 'subject'>,
): Promise<boolean> {
  const { rowCount } = await scope.query(
    `update alerts set resolved_at = now()
      where tenant_id = $1 and kind = $2 and subject = $3 and resolved_at is null`,
    [tenantId, kind, subject],
  );
  return (rowCount ?? 0) > 0;
}

export async function isAlertOpen(
  scope: TenantScope,
  { tenantId, kind, subject = '' }: Pick<Alert, 'tenantId' | 'kind' | 'subject'>,
): Promise<boolean> {
  const { rowCount } = await scope.query(
    'select from alerts where tenant_id = $1 and kind = $2 and subject = $3 and resolved_at is null',
    [tenantId, kind, subject],
  );
  return (rowCount ?? 0) > 0;
}

export interface AlertRow extends Required<Alert> {
  alertId: string;
  raisedAt: Date;
  resolvedAt: Date | null;
}

/** Open alerts first, then the latest of those that are over. */
export async function listAlerts(scope: TenantScope, tenantId: TenantId, limit: number): Promise<AlertRow[]> {
  const { rows } = await scope.query<AlertRow>(
    `select tenant_id as "tenantId", alert_id as "alertId", kind, subject, severity, message, details,
            raised_at as "raisedAt", resolved_at as "resolvedAt"
       from alerts where tenant_id = $1 order by (resolved_at is null) desc, raised_at desc limit $2`,
    [tenantId, limit],
  );
  return rows;
}
