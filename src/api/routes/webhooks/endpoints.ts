import { z } from 'zod';
import { changeEndpoint, endEndpoint, findEndpoint, listEndpoints } from '../../../db/outgoing/endpoints.js';
import { withTenant } from '../../../db/tenant.js';
import { EndpointKind } from '../../../domain/outgoing/endpoint.js';
import type { App } from '../../app-types.js';
import { identityOf } from '../../plugins/auth.js';
import { problemAnswers } from '../../plugins/openapi.js';
import { ProblemError } from '../../problems.js';
import type { WebhookDeps } from './deps.js';
import { addEndpoint, audit, refuseTarget } from './registry.js';
import { Endpoint, endpointBody, EventTypes, Params, Reason } from './shapes.js';

/** What most receivers take without thinking about it. */
const USUAL_RATE = 120;
const Description = z.string().trim().max(200);
const tags = ['Webhooks'];

/** The endpoints of the firm: made, seen, changed, deleted. */
export function endpointRoutes(app: App, deps: WebhookDeps): void {
  createRoute(app, deps);
  readRoutes(app, deps);
  changeRoute(app, deps);
  deleteRoute(app, deps);
}

function createRoute(app: App, deps: WebhookDeps): void {
  const Rate = z.int().min(1).max(deps.webhooks.maxRatePerMinute);
  const Body = z.strictObject({
    url: z.string().describe('Where events are sent, over TLS.'),
    kind: EndpointKind.default('standard'),
    event_types: EventTypes,
    description: Description.default(''),
    include_details: z.boolean().default(false),
    rate_per_minute: Rate.default(Math.min(USUAL_RATE, deps.webhooks.maxRatePerMinute)),
    reason: Reason,
  });
  app.post(
    '/webhooks/endpoints',
    {
      config: { permission: 'webhooks:change' },
      schema: {
        tags,
        summary: 'Have events sent to an address',
        body: Body,
        response: {
          201: Endpoint.extend({ secret: z.string().describe('Signs what is sent. Shown only now.') }).meta({
            id: 'NewWebhookEndpoint',
          }),
          ...problemAnswers,
        },
      },
    },
    async (request, reply) => {
      const { tenantId, subject: actor } = identityOf(request);
      const { url, kind, event_types, description, include_details, rate_per_minute, reason } = request.body;
      refuseTarget(deps, url);
      const { endpointId, secret } = await addEndpoint(
        deps,
        { tenantId, actor, reason },
        {
          ...{ url, kind, description },
          ...{ eventTypes: event_types, includeDetails: include_details, ratePerMinute: rate_per_minute },
        },
      );
      const row = await withTenant(deps.pool, tenantId, (scope) => findEndpoint(scope, tenantId, endpointId));
      if (!row) throw new ProblemError('not_found', 'There is no such endpoint.');
      return reply.code(201).send({ ...endpointBody(row), secret });
    },
  );
}

function readRoutes(app: App, { pool }: WebhookDeps): void {
  app.get(
    '/webhooks/endpoints',
    {
      config: { permission: 'webhooks:read' },
      schema: {
        tags,
        summary: 'Endpoints that are sent events',
        response: {
          200: z.object({ endpoints: z.array(Endpoint) }).describe('Oldest first.'),
          ...problemAnswers,
        },
      },
    },
    async (request) => {
      const { tenantId } = identityOf(request);
      const rows = await withTenant(pool, tenantId, (scope) => listEndpoints(scope, tenantId));
      return { endpoints: rows.map(endpointBody) };
    },
  );
  app.get(
    '/webhooks/endpoints/:id',
    {
      config: { permission: 'webhooks:read' },
      schema: {
        tags,
        summary: 'One endpoint',
        params: Params,
        response: { 200: Endpoint.describe('Also one that is gone.'), ...problemAnswers },
      },
    },
    async (request) => {
      const { tenantId } = identityOf(request);
      const { id } = request.params;
      const row = await withTenant(pool, tenantId, (scope) => findEndpoint(scope, tenantId, id));
      if (!row) throw new ProblemError('not_found', 'There is no such endpoint.');
      return endpointBody(row);
    },
  );
}

function changeRoute(app: App, { pool, webhooks }: WebhookDeps): void {
  const Body = z.strictObject({
    description: Description.optional(),
    event_types: EventTypes.optional(),
    include_details: z.boolean().optional(),
    rate_per_minute: z.int().min(1).max(webhooks.maxRatePerMinute).optional(),
    state: z.enum(['active', 'disabled']).optional().describe('active: enables it, and what waited goes on.'),
    reason: Reason,
  });
  app.patch(
    '/webhooks/endpoints/:id',
    {
      config: { permission: 'webhooks:change' },
      schema: {
        tags,
        summary: 'Change, disable or enable an endpoint',
        params: Params,
        body: Body,
        response: { 200: Endpoint.describe('The endpoint as it is now.'), ...problemAnswers },
      },
    },
    async (request) => {
      const { tenantId, subject: actor } = identityOf(request);
      const { id } = request.params;
      const { reason, event_types, include_details, rate_per_minute, ...same } = request.body;
      const change = {
        ...same,
        ...{ eventTypes: event_types, includeDetails: include_details, ratePerMinute: rate_per_minute },
      };
      const row = await withTenant(pool, tenantId, async (scope) => {
        const changed = await changeEndpoint(scope, tenantId, id, change);
        if (changed) await audit(scope, { tenantId, actor, reason }, 'webhook.change', id, change);
        return changed;
      });
      if (!row) throw new ProblemError('not_found', 'There is no such endpoint.');
      if (change.state === 'active') await webhooks.reconnected(tenantId, `webhook.${id}`);
      return endpointBody(row);
    },
  );
}

function deleteRoute(app: App, { pool }: WebhookDeps): void {
  app.delete(
    '/webhooks/endpoints/:id',
    {
      config: { permission: 'webhooks:change' },
      schema: {
        tags,
        summary: 'Delete an endpoint; what waits for it is dropped',
        params: Params,
        querystring: z.object({ reason: Reason.default('deleted') }),
        response: { 204: z.null().describe('It is gone.'), ...problemAnswers },
      },
    },
    async (request, reply) => {
      const { tenantId, subject: actor } = identityOf(request);
      const { id } = request.params;
      const { reason } = request.query;
      const isGone = await withTenant(pool, tenantId, async (scope) => {
        const ended = await endEndpoint(scope, tenantId, id, `deleted by ${actor}`);
        if (ended) await audit(scope, { tenantId, actor, reason }, 'webhook.delete', id);
        return ended;
      });
      if (!isGone) throw new ProblemError('not_found', 'There is no such endpoint.');
      return reply.code(204).send(null);
    },
  );
}
