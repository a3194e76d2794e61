/** What becomes of an endpoint that wants no more events, or has taken none for days. */
import type { Pool } from 'pg';
import { raiseAlert, type Alert } from '../../db/alerts.js';
import { appendAudit, type AuditEvent } from '../../db/audit.js';
import { endEndpoint } from '../../db/outgoing/endpoints.js';
import { noteUndelivered } from '../../db/outgoing/endpoint-health.js';
import { withTenant } from '../../db/tenant.js';
import type { OutsideError } from '../../domain/failures.js';
import type { TenantId } from '../../domain/ids.js';
import type { AlertPort } from '../alerts.js';

export interface EndpointHealthDeps {
  pool: Pool;
  alerts: AlertPort;
  /** An endpoint that takes nothing for so long is disabled, milliseconds. */
  disableAfterMs: number;
}

export interface EndpointPlace {
  tenantId: TenantId;
  endpointId: string;
}

/** The receiver answered 410: it is sent nothing any more, and what waits for it has nowhere to go. */
export async function unsubscribe(
  { pool }: EndpointHealthDeps,
  { tenantId, endpointId }: EndpointPlace,
): Promise<void> {
  const because = 'its server answered 410 Gone';
  await withTenant(pool, tenantId, async (scope) => {
    if (await endEndpoint(scope, tenantId, endpointId, because))
      await appendAudit(scope, event({ tenantId, endpointId }, 'webhook.unsubscribed', because));
  });
}

/** Counts a delivery that was not taken; refusals by our own pace or rules are no fault of the endpoint's. */
export async function noteRefused(
  { pool, alerts, disableAfterMs }: EndpointHealthDeps,
  { tenantId, endpointId }: EndpointPlace,
  { errorClass, message: because }: OutsideError,
): Promise<void> {
  if (errorClass === 'rate_limited') return;
  const alert: Alert = {
    ...{ tenantId, kind: 'webhook.disabled', subject: endpointId, severity: 'warning' },
    message: 'an endpoint for events has taken nothing for days and is disabled: mend it and enable it',
    details: { endpointId, because },
  };
  const isNew = await withTenant(pool, tenantId, async (scope) => {
    const isOver = await noteUndelivered(scope, tenantId, endpointId, { because, disableAfterMs });
    if (!isOver) return false;
    const raised = await raiseAlert(scope, alert);
    await appendAudit(scope, event({ tenantId, endpointId }, 'webhook.disabled', because));
    return raised;
  });
  if (isNew) alerts.announce([alert]);
}

const event = ({ tenantId, endpointId }: EndpointPlace, action: string, reason: string): AuditEvent => {
  const atMs = Date.now();
  const subject = `webhook:${endpointId}`;
  return {
    tenantId,
    eventId: `${subject}/${action}/${atMs}`,
    atMs,
    actor: 'delivery',
    action,
    subject,
    reason,
  };
};
