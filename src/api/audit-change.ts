import { randomUUID } from 'node:crypto';
import { appendAudit } from '../db/audit.js';
import type { TenantScope } from '../db/tenant.js';
import type { TenantId } from '../domain/ids.js';

/** Who changes something, and why. */
export interface By {
  tenantId: TenantId;
  actor: string;
  reason: string;
}

/** In the transaction of the change, and last in it. */
export async function auditChange(
  scope: TenantScope,
  { tenantId, actor, reason }: By,
  action: string,
  subject: string,
  details: Record<string, unknown> = {},
): Promise<void> {
  const eventId = `${subject}/${action}/${randomUUID()}`;
  await appendAudit(scope, { tenantId, actor, reason, eventId, atMs: Date.now(), action, subject, details });
}
