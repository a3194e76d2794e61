/** Activities that send events to endpoints, served on a task queue of their own. */
import type { Pool } from 'pg';
import { deliver } from '../../clients/outgoing/deliver.js';
import type { SendPost } from '../../clients/outgoing/guarded-post.js';
import type { Pacer } from '../../clients/pacer.js';
import { findEndpoint, type EndpointRow } from '../../db/outgoing/endpoints.js';
import { noteDelivered } from '../../db/outgoing/endpoint-health.js';
import { withTenant } from '../../db/tenant.js';
import { OutsideError } from '../../domain/failures.js';
import { EndpointSecrets, endpointSeal, signingSecrets } from '../../domain/outgoing/endpoint.js';
import { goesTo, type RequestOf } from '../../domain/writes.js';
import type { Logger } from '../../telemetry/logger.js';
import type { WriteActivities } from '../contracts.js';
import type { Landed, WriteAdapter } from '../make-once.js';
import { createPerformWrite } from '../perform-write.js';
import type { SecretBox } from '../vendor-tokens.js';
import type { GateDeps } from '../write-gate.js';
import { noteRefused, unsubscribe, type EndpointHealthDeps } from './endpoint-health.js';

export interface WebhookDeps extends EndpointHealthDeps {
  pool: Pool;
  box: SecretBox;
  logger: Logger;
  gate: GateDeps;
  post: SendPost;
}

type Deliver = RequestOf<'webhook'>;

export function createWebhookActivities(deps: WebhookDeps): WriteActivities {
  return {
    performWrite: createPerformWrite({
      ...{ pool: deps.pool, box: deps.box, logger: deps.logger, gate: deps.gate },
      // Nothing is looked up: the receiver knows a repeat by its id.
      settleMs: 0,
      adapterFor: (request, signal, pacer) => {
        if (!goesTo('webhook', request))
          throw new OutsideError('internal', `${request.operation} arrived on the queue of webhooks`);
        return Promise.resolve(deliveryAdapter(deps, request, signal, pacer));
      },
    }),
  };
}

/** A receipt for an event that nobody wants any more. */
const UNWANTED: Landed = { externalId: 'unsubscribed' };

const deliveryAdapter = (
  deps: WebhookDeps,
  request: Deliver,
  signal: AbortSignal,
  pacer: Pacer,
): WriteAdapter => ({
  find: () => Promise.resolve(undefined),
  create: async () => ({ ...(await deliverOnce(deps, request, signal, pacer)), referenced: true }),
  carriesReference: () => Promise.resolve(true),
});

async function deliverOnce(
  deps: WebhookDeps,
  request: Deliver,
  signal: AbortSignal,
  pacer: Pacer,
): Promise<Landed> {
  const { tenantId, payload: event } = request;
  const place = { tenantId, endpointId: event.endpointId };
  const endpoint = await withTenant(deps.pool, tenantId, (scope) =>
    findEndpoint(scope, tenantId, event.endpointId),
  );
  if (!endpoint?.sealed || endpoint.state === 'gone') return UNWANTED;
  if (endpoint.state === 'disabled')
    throw new OutsideError('auth', 'the endpoint is disabled: enable it, and what waits for it goes on');
  const secrets = openSecrets(deps, place, endpoint.sealed);
  await pacer.before();
  const nowMs = Date.now();
  try {
    const delivery = { kind: endpoint.kind, url: secrets.url, secrets: signingSecrets(secrets, nowMs) };
    const end = await deliver(deps.post, { ...delivery, event, nowMs, signal });
    if (end === 'gone') {
      await unsubscribe(deps, place);
      return UNWANTED;
    }
  } catch (error) {
    if (error instanceof OutsideError) {
      if (error.errorClass === 'rate_limited')
        await pacer.after({ ...(error.retryAfterMs !== undefined && { blockedMs: error.retryAfterMs }) });
      await noteRefused(deps, place, error);
    }
    throw error;
  }
  await noteTaken(deps, place, endpoint);
  return { externalId: event.messageId };
}

const openSecrets = (
  { box }: WebhookDeps,
  { tenantId, endpointId }: { tenantId: string; endpointId: string },
  sealed: Buffer,
): EndpointSecrets => EndpointSecrets.parse(JSON.parse(box.open(sealed, endpointSeal(tenantId, endpointId))));

/** Once a minute is often enough for people, and spares a busy endpoint a write for each event. */
const SEEN_EVERY_MS = 60_000;

async function noteTaken(
  { pool, logger }: WebhookDeps,
  { tenantId, endpointId }: { tenantId: string; endpointId: string },
  { failingSince, lastSuccessAt }: EndpointRow,
): Promise<void> {
  if (failingSince === null && lastSuccessAt && Date.now() - lastSuccessAt.getTime() < SEEN_EVERY_MS) return;
  await withTenant(pool, tenantId, (scope) => noteDelivered(scope, tenantId, endpointId)).catch(
    // The event is out; a note about it must not send it again.
    (err: unknown) => logger.warn({ err, endpointId }, 'a delivery could not be noted'),
  );
}
