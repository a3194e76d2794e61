/** Standard Webhooks 1.0.0: how a receiver knows that an event comes from us and is fresh. */
import { createHmac } from 'node:crypto';
import { keyOf } from '../../domain/outgoing/endpoint.js';

export interface SignedMessage {
  /** The same in every attempt. Holds no full stop. */
  id: string;
  /** Unix seconds of this attempt. */
  timestampS: number;
  /** Exactly what is sent. */
  body: string;
}

/**
 * The three headers. Every secret signs, so that a receiver that knows only the old one of a rotation is content too.
 * @param secrets `whsec_` and base64.
 */
export function signatureHeaders(
  { id, timestampS, body }: SignedMessage,
  secrets: readonly string[],
): Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string> {
  const signatures = secrets.map((secret) => {
    const mac = createHmac('sha256', keyOf(secret)).update(`${id}.${timestampS}.${body}`).digest('base64');
    return `v1,${mac}`;
  });
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestampS),
    'webhook-signature': signatures.join(' '),
  };
}
