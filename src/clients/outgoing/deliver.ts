/** One event on its way to one endpoint: what is sent, and what the answer means. */
import { OutsideError } from '../../domain/failures.js';
import type { EndpointKind } from '../../domain/outgoing/endpoint.js';
import type { PayloadOf } from '../../domain/writes.js';
import { retryAfterMs } from '../http.js';
import type { PostAnswer, SendPost } from './guarded-post.js';
import { signatureHeaders } from './signature.js';

export interface Delivery {
  kind: EndpointKind;
  url: string;
  /** Newest first. */
  secrets: readonly string[];
  event: PayloadOf<'webhook.event.deliver'>;
  nowMs: number;
  signal: AbortSignal;
}

/** `gone`: the receiver wants no more (410). */
export type Delivered = 'taken' | 'gone';

/** @throws OutsideError when the event was not taken; it may be sent again under the same id. */
export async function deliver(post: SendPost, delivery: Delivery): Promise<Delivered> {
  const { kind, url, secrets, event, nowMs, signal } = delivery;
  const body = JSON.stringify(kind === 'zapier' ? flat(event) : enveloped(event));
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'HERMES-Webhooks/1',
    ...signatureHeaders({ id: event.messageId, timestampS: Math.floor(nowMs / 1_000), body }, secrets),
  };
  const answer = await post({ url, headers, body, signal });
  if (answer.status >= 200 && answer.status < 300) return 'taken';
  if (answer.status === 410) return 'gone';
  throw refusal(answer, nowMs);
}

/** Standard Webhooks: type, time and data. */
const enveloped = ({ type, occurredAt, data, details }: Delivery['event']): object => ({
  type,
  timestamp: occurredAt,
  data: { ...data, ...(details && { details }) },
});

/** What Zapier's triggers want: one object, an `id` of its own in it. */
const flat = ({ messageId, type, occurredAt, data, details }: Delivery['event']): object => ({
  id: messageId,
  type,
  timestamp: occurredAt,
  ...data,
  ...(details && { details }),
});

/**
 * Any other answer may be a passing one (a deployment, a lost route, a clock), so that all of them are tried again; an
 * endpoint that never gives another one is disabled in the end. A redirect is not followed: it leads nobody knows where.
 */
function refusal({ status, headers }: PostAnswer, nowMs: number): OutsideError {
  const message = `the endpoint answered ${status}`;
  const waitMs = retryAfterMs(headers, nowMs);
  return new OutsideError(status === 429 ? 'rate_limited' : 'unavailable', message, waitMs);
}
