/** Schemas that the routes of webhooks share. */
import { z } from 'zod';
import type { EndpointRow } from '../../../db/outgoing/endpoints.js';
import { EndpointId, EndpointKind } from '../../../domain/outgoing/endpoint.js';
import { EventType, eventTypes } from '../../../domain/outgoing/events.js';

export const Params = z.object({ id: EndpointId });
export const Reason = z.string().trim().min(1).max(500).describe('Why; kept in the audit log.');

export const EventTypes = z
  .array(EventType)
  .max(eventTypes.length)
  .refine((types) => new Set(types).size === types.length, 'each type once')
  .describe('Which events are sent; empty: all.');

const time = z.iso.datetime().nullable();
export const Endpoint = z
  .object({
    id: EndpointId,
    kind: EndpointKind.describe(
      'standard: Standard Webhooks, signed. zapier: one flat object with an `id`, as Zapier’s triggers want it.',
    ),
    host: z.string().describe('Where it is. The address itself may hold a secret and is not shown again.'),
    description: z.string(),
    event_types: EventTypes,
    include_details: z.boolean().describe('Sends what a caller said along with the ids: privileged.'),
    rate_per_minute: z.int(),
    state: z
      .enum(['active', 'disabled', 'gone'])
      .describe('disabled: sent nothing until it is enabled. gone: it answered 410 or was deleted.'),
    because: z.string().nullable().describe('Why it is disabled or gone, or how the last delivery failed.'),
    failing_since: time.describe('Since when no delivery has succeeded.'),
    last_success_at: time.describe('To within a minute.'),
    created_by: z.string(),
    created_at: z.iso.datetime(),
  })
  .meta({ id: 'WebhookEndpoint' });

export const endpointBody = (row: EndpointRow): z.infer<typeof Endpoint> => ({
  id: row.endpointId,
  kind: row.kind,
  host: row.host,
  description: row.description,
  event_types: row.eventTypes,
  include_details: row.includeDetails,
  rate_per_minute: row.ratePerMinute,
  state: row.state,
  because: row.because,
  failing_since: row.failingSince?.toISOString() ?? null,
  last_success_at: row.lastSuccessAt?.toISOString() ?? null,
  created_by: row.createdBy,
  created_at: row.createdAt.toISOString(),
});
