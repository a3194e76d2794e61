/** Events sent to endpoints that a firm has named. */
import { z } from 'zod';
import { lazily } from '../lazily.js';
import { EndpointId } from '../outgoing/endpoint.js';
import { EventData, EventType, TEST_EVENT } from '../outgoing/events.js';
import { requestOf, type OperationRow } from './request.js';

export const DeliverPayload = lazily(() =>
  z.strictObject({
    endpointId: EndpointId,
    /** The receiver's key against repeats: the same in every attempt. */
    messageId: z.string().regex(/^(evt|msg)_[0-9a-f]{32}$/),
    type: z.union([EventType, z.literal(TEST_EVENT)]),
    /** When it happened, not when it is sent. */
    occurredAt: z.iso.datetime(),
    data: EventData,
    /** Privileged; present only where the firm has asked for it. */
    details: z.record(z.string(), z.unknown()).optional(),
  }),
);

export const webhookOperations = {
  // There is nothing to look up: the receiver knows a repeat by its id.
  'webhook.event.deliver': { system: 'webhook', payload: DeliverPayload, afterUnknown: 'look_up' },
} as const satisfies Record<string, OperationRow>;

export const webhookRequests = () => [requestOf('webhook.event.deliver', DeliverPayload)] as const;
