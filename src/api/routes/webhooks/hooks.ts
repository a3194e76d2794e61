/** REST hooks, as Zapier and its like subscribe and unsubscribe by themselves. */
import { z } from 'zod';
import { endEndpoint, type EndpointRow } from '../../../db/outgoing/endpoints.js';
import { withTenant } from '../../../db/tenant.js';
import { EndpointId } from '../../../domain/outgoing/endpoint.js';
import { EventType, samples } from '../../../domain/outgoing/events.js';
import type { App } from '../../app-types.js';
import { identityOf } from '../../plugins/auth.js';
import { problemAnswers } from '../../plugins/openapi.js';
import type { WebhookDeps } from './deps.js';
import { addEndpoint, audit, refuseTarget, subscriptionOf } from './registry.js';
import { Params } from './shapes.js';

const tags = ['Webhooks'];
const REASON = 'a REST hook';

/** What Zapier keeps as `subscribeData` and gives back when the Zap is switched off. */
const Subscription = z
  .object({ id: EndpointId, target_url: z.string(), event: EventType })
  .meta({ id: 'HookSubscription' });

export function hookRoutes(app: App, deps: WebhookDeps): void {
  subscribeRoute(app, deps);
  unsubscribeRoute(app, deps);
  sampleRoute(app);
}

function subscribeRoute(app: App, deps: WebhookDeps): void {
  app.post(
    '/hooks',
    {
      config: { permission: 'webhooks:change' },
      schema: {
        tags,
        summary: 'Subscribe a REST hook',
        body: z
          .object({
            target_url: z.string().describe('Opaque; one for each Zap. `hookUrl` is taken too.'),
            event: EventType,
          })
          .or(z.object({ hookUrl: z.string(), event: EventType })),
        response: { 201: Subscription.describe('Asked again, the same one.'), ...problemAnswers },
      },
    },
    async (request, reply) => {
      const { tenantId, subject: actor } = identityOf(request);
      const { event } = request.body;
      const [url, field] =
        'target_url' in request.body
          ? [request.body.target_url, 'body.target_url']
          : [request.body.hookUrl, 'body.hookUrl'];
      refuseTarget(deps, url, field);
      const target = { url, eventTypes: [event] };
      // A Zap that is switched off and on again must not be told everything twice.
      const known: Pick<EndpointRow, 'endpointId'> | undefined = await subscriptionOf(deps, tenantId, target);
      const { endpointId } =
        known ??
        (await addEndpoint(
          deps,
          { tenantId, actor, reason: REASON },
          {
            ...target,
            ...{ kind: 'zapier', description: `REST hook for ${event}`, includeDetails: false },
            ratePerMinute: Math.min(ZAPIER_RATE, deps.webhooks.maxRatePerMinute),
          },
        ));
      return reply.code(201).send({ id: endpointId, target_url: url, event });
    },
  );
}

/** Zapier takes about 30 requests a second from one hook; a third of that leaves room for other senders. */
const ZAPIER_RATE = 600;

function unsubscribeRoute(app: App, { pool }: WebhookDeps): void {
  app.delete(
    '/hooks/:id',
    {
      config: { permission: 'webhooks:change' },
      schema: {
        tags,
        summary: 'Unsubscribe a REST hook',
        params: Params,
        response: { 204: z.null().describe('It is gone, now or already.'), ...problemAnswers },
      },
    },
    async (request, reply) => {
      const { tenantId, subject: actor } = identityOf(request);
      const { id } = request.params;
      await withTenant(pool, tenantId, async (scope) => {
        if (await endEndpoint(scope, tenantId, id, 'unsubscribed'))
          await audit(scope, { tenantId, actor, reason: REASON }, 'webhook.delete', id);
      });
      return reply.code(204).send(null);
    },
  );
}

function sampleRoute(app: App): void {
  app.get(
    '/hooks/samples/:event',
    {
      config: { permission: 'webhooks:read' },
      schema: {
        tags,
        summary: 'What an event looks like',
        params: z.object({ event: EventType }),
        response: {
          200: z
            .array(z.record(z.string(), z.unknown()))
            .describe('One, in the shape in which a hook receives it.'),
          ...problemAnswers,
        },
      },
    },
    (request) => {
      const { event } = request.params;
      const id = `evt_${'0'.repeat(32)}`;
      return [{ id, type: event, timestamp: '2026-01-05T18:08:22.811Z', ...samples[event] }];
    },
  );
}
