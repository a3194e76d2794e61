import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { changeEndpoint, findEndpoint } from '../../../db/outgoing/endpoints.js';
import { withTenant } from '../../../db/tenant.js';
import { EndpointSecrets, endpointSeal, withNewSecret } from '../../../domain/outgoing/endpoint.js';
import { TEST_EVENT } from '../../../domain/outgoing/events.js';
import { deliveryLadder } from '../../../domain/outgoing/ladder.js';
import type { App } from '../../app-types.js';
import { identityOf } from '../../plugins/auth.js';
import { problemAnswers } from '../../plugins/openapi.js';
import { ProblemError } from '../../problems.js';
import type { WebhookDeps } from './deps.js';
import { audit, newSecret } from './registry.js';
import { Params, Reason } from './shapes.js';

const HOUR_MS = 3_600_000;
const tags = ['Webhooks'];

/** A new signing secret; the old one signs beside it until receivers have changed over. */
export function rotateRoute(app: App, { pool, webhooks }: WebhookDeps): void {
  app.post(
    '/webhooks/endpoints/:id/rotate',
    {
      config: { permission: 'webhooks:change' },
      schema: {
        tags,
        summary: 'Give an endpoint a new signing secret',
        params: Params,
        body: z.strictObject({
          overlap_hours: z
            .number()
            .min(0)
            .max(168)
            .default(24)
            .describe('How long the old secret signs too; 0 when it has leaked.'),
          reason: Reason,
        }),
        response: {
          200: z
            .object({ secret: z.string(), previous_valid_until: z.iso.datetime() })
            .describe('The new secret, shown only now.'),
          ...problemAnswers,
        },
      },
    },
    async (request) => {
      const { tenantId, subject: actor } = identityOf(request);
      const { id } = request.params;
      const { overlap_hours, reason } = request.body;
      const nowMs = Date.now();
      const untilMs = nowMs + overlap_hours * HOUR_MS;
      const seal = endpointSeal(tenantId, id);
      const secret = newSecret();
      const isDone = await withTenant(pool, tenantId, async (scope) => {
        const row = await findEndpoint(scope, tenantId, id);
        if (!row?.sealed) return false;
        const held = EndpointSecrets.parse(JSON.parse(webhooks.box.open(row.sealed, seal)));
        const next = withNewSecret(held, secret, { nowMs, untilMs });
        await changeEndpoint(scope, tenantId, id, { sealed: webhooks.box.seal(JSON.stringify(next), seal) });
        await audit(scope, { tenantId, actor, reason }, 'webhook.rotate', id, {
          overlapHours: overlap_hours,
        });
        return true;
      });
      if (!isDone) throw new ProblemError('not_found', 'There is no such endpoint.');
      return { secret, previous_valid_until: new Date(untilMs).toISOString() };
    },
  );
}

/** One event to one endpoint, on request. It is a write like any other, and can be watched like one. */
export function testRoute(app: App, { pool, webhooks }: WebhookDeps): void {
  app.post(
    '/webhooks/endpoints/:id/test',
    {
      config: { permission: 'webhooks:change' },
      schema: {
        tags,
        summary: 'Send a test event',
        params: Params,
        response: {
          202: z
            .object({
              event_id: z.string().describe('Arrives as `webhook-id`.'),
              write_id: z.string().describe('See it at `/api/v1/dlq/{id}`.'),
            })
            .describe('It is on its way.'),
          ...problemAnswers,
        },
      },
    },
    async (request, reply) => {
      const { tenantId, subject } = identityOf(request);
      const { id: endpointId } = request.params;
      const row = await withTenant(pool, tenantId, (scope) => findEndpoint(scope, tenantId, endpointId));
      if (row?.state !== 'active') throw new ProblemError('not_found', 'There is no such active endpoint.');
      const messageId = `msg_${randomBytes(16).toString('hex')}`;
      const payload = {
        ...{ endpointId, messageId, type: TEST_EVENT, occurredAt: new Date().toISOString() },
        data: { asked_by: subject },
      } as const;
      const writeId = await webhooks.start(
        {
          operation: 'webhook.event.deliver',
          ...{ tenantId, payload, key: `${messageId}.${endpointId}`, priority: 'LOW' },
        },
        deliveryLadder,
      );
      return reply.code(202).send({ event_id: messageId, write_id: writeId });
    },
  );
}
