import { randomUUID } from 'node:crypto';
import { appendAudit } from '../db/audit.js';
import type { TenantScope } from '../db/tenant.js';
import type { TenantId } from '../domain/ids.js';

/** Notes that somebody connected a firm's Clio or let it go. The last thing in a transaction. */
export const auditConnection = (
  scope: TenantScope,
  tenantId: TenantId,
  event: { actor: string; action: string; reason: string; details: Record<string, unknown> },
): Promise<boolean> =>
  appendAudit(scope, {
    tenantId,
    eventId: `connection:${randomUUID()}`,
    atMs: Date.now(),
    subject: 'connection of clio',
    ...event,
  });
