/** Adding an endpoint, for whichever route asks for it. */
import { createHash, randomBytes } from 'node:crypto';
import { findSubscription, insertEndpoint, type EndpointRow } from '../../../db/outgoing/endpoints.js';
import { withTenant, type TenantScope } from '../../../db/tenant.js';
import type { TenantId } from '../../../domain/ids.js';
import { endpointSeal, SECRET_BYTES, secretFrom } from '../../../domain/outgoing/endpoint.js';
import { targetProblem } from '../../../domain/outgoing/target.js';
import { auditChange, type By } from '../../audit-change.js';
import { refuseAddress } from '../refuse-address.js';
import type { WebhookDeps } from './deps.js';

export interface NewTarget extends Pick<
  EndpointRow,
  'kind' | 'description' | 'eventTypes' | 'includeDetails' | 'ratePerMinute'
> {
  url: string;
}

export const newSecret = (): string => secretFrom(randomBytes(SECRET_BYTES));

/** @throws ProblemError `validation` naming the field */
export function refuseTarget({ webhooks }: WebhookDeps, url: string, field = 'body.url'): void {
  refuseAddress(targetProblem(url, webhooks.policy), field);
}

const hashOf = (url: string): Buffer => createHash('sha256').update(url).digest();

/** @returns the id and the signing secret, which is shown this once. */
export async function addEndpoint(
  deps: WebhookDeps,
  { tenantId, actor, reason }: By,
  target: NewTarget,
): Promise<{ endpointId: string; secret: string }> {
  const endpointId = `ep_${randomBytes(12).toString('hex')}`;
  const secret = newSecret();
  const { url, ...shown } = target;
  const host = new URL(url).host;
  const held = JSON.stringify({ url, secrets: [{ secret }] });
  const sealed = deps.webhooks.box.seal(held, endpointSeal(tenantId, endpointId));
  await withTenant(deps.pool, tenantId, async (scope) => {
    const row = { ...shown, endpointId, host, urlHash: hashOf(url), sealed, createdBy: actor };
    await insertEndpoint(scope, tenantId, row);
    const { kind, eventTypes, includeDetails, ratePerMinute } = target;
    await audit(scope, { tenantId, actor, reason }, 'webhook.create', endpointId, {
      ...{ host, kind, eventTypes, includeDetails, ratePerMinute },
    });
  });
  return { endpointId, secret };
}

/** The endpoint that this address has already subscribed to exactly these events with. */
export const subscriptionOf = (
  { pool }: WebhookDeps,
  tenantId: TenantId,
  { url, eventTypes }: Pick<NewTarget, 'url' | 'eventTypes'>,
): Promise<EndpointRow | undefined> =>
  withTenant(pool, tenantId, (scope) => findSubscription(scope, tenantId, hashOf(url), eventTypes));

/** In the transaction of the change, and last in it. */
export const audit = (
  scope: TenantScope,
  by: By,
  action: string,
  endpointId: string,
  details?: Record<string, unknown>,
): Promise<void> => auditChange(scope, by, action, `webhook:${endpointId}`, details);
