import { z } from 'zod';
import { listAlerts } from '../../../db/alerts.js';
import { withTenant } from '../../../db/tenant.js';
import type { App } from '../../app-types.js';
import { identityOf } from '../../plugins/auth.js';
import { problemAnswers } from '../../plugins/openapi.js';
import type { DeadLetterDeps } from './deps.js';

const Alert = z
  .object({
    alert_id: z.string(),
    kind: z.string().meta({ examples: ['dead_letters.critical'] }),
    subject: z.string().describe('What it is about when there can be several of a kind; else empty.'),
    severity: z.enum(['critical', 'warning']),
    message: z.string(),
    details: z.record(z.string(), z.unknown()),
    raised_at: z.iso.datetime(),
    resolved_at: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Alert' });

const SHOWN = 100;

/** What somebody was told of, and whether its reason is gone. */
export function alertRoutes(app: App, { pool }: DeadLetterDeps): void {
  app.get(
    '/alerts',
    {
      config: { permission: 'dead-letters:read' },
      schema: {
        tags: ['Dead letters'],
        summary: 'Alerts, open ones first',
        response: {
          200: z.object({ alerts: z.array(Alert) }).describe('At most a hundred.'),
          ...problemAnswers,
        },
      },
    },
    async (request) => {
      const { tenantId } = identityOf(request);
      const rows = await withTenant(pool, tenantId, (scope) => listAlerts(scope, tenantId, SHOWN));
      return {
        alerts: rows.map((row) => ({
          alert_id: row.alertId,
          kind: row.kind,
          subject: row.subject,
          severity: row.severity,
          message: row.message,
          details: row.details,
          raised_at: row.raisedAt.toISOString(),
          resolved_at: row.resolvedAt?.toISOString() ?? null,
        })),
      };
    },
  );
}
