import { randomUUID } from 'node:crypto';
import { appendAudit } from '../db/audit.js';
import type { TenantScope } from '../db/tenant.js';
import type { TenantId } from '../domain/ids.js';
import type { System } from '../domain/writes.js';

/** Notes that somebody connected a firm's outside system or let it go. The last thing in a transaction. */
export const auditConnection = (
  scope: TenantScope,
  tenantId: TenantId,
  event: { actor: string; action: string; reason: string; details: Record<string, unknown> },
  system: System = 'clio',
): Promise<boolean> =>
  appendAudit(scope, {
    tenantId,
    eventId: `connection:${randomUUID()}`,
    atMs: Date.now(),
    subject: `connection of ${system}`,
    ...event,
  });
