import { z } from 'zod';
import { listEvents } from '../../../db/clio-webhooks.js';
import { withTenant } from '../../../db/tenant.js';
import type { App } from '../../app-types.js';
import { identityOf } from '../../plugins/auth.js';
import { problemAnswers } from '../../plugins/openapi.js';
import type { ConnectionDeps } from './deps.js';

const MAX_EVENTS = 200;

const EventView = z.object({
  model: z.string().meta({ examples: ['matter'] }),
  event: z.string().meta({ examples: ['deleted'] }),
  record_id: z.string(),
  received_at: z.iso.datetime(),
  workflow_id: z
    .string()
    .nullable()
    .describe('The write of ours that made the record; null: somebody else did.'),
  call_id: z.string().nullable(),
});

/** What Clio told of. */
export function clioEventsRoute(app: App, { pool }: ConnectionDeps): void {
  app.get(
    '/connections/clio/events',
    {
      config: { permission: 'connections:read' },
      schema: {
        tags: ['Connections'],
        summary: 'Changes in the firm’s Clio',
        description: 'Which record changed, never what is in it. Needs an edge that Clio reaches by https.',
        querystring: z.object({ limit: z.coerce.number().int().min(1).max(MAX_EVENTS).default(50) }),
        response: {
          200: z.object({ events: z.array(EventView) }).describe('The latest first.'),
          ...problemAnswers,
        },
      },
    },
    async (request) => {
      const { tenantId } = identityOf(request);
      const rows = await withTenant(pool, tenantId, (scope) =>
        listEvents(scope, tenantId, request.query.limit),
      );
      return {
        events: rows.map((row) => ({
          model: row.model,
          event: row.event,
          record_id: row.recordId,
          received_at: row.receivedAt.toISOString(),
          workflow_id: row.workflowId,
          call_id: row.callId,
        })),
      };
    },
  );
}
