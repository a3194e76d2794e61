/** Events on their way out: written where they happen, taken up by whoever starts their deliveries. */
import { createHash } from 'node:crypto';
import type { EventData, EventType, OutgoingEvent } from '../../domain/outgoing/events.js';
import type { TenantId } from '../../domain/ids.js';
import type { TenantScope } from '../tenant.js';

/** The receiver's key against repeats; the same however often the happening is noted. */
export const eventIdOf = (tenantId: TenantId, key: string): string =>
  `evt_${createHash('sha256').update(`${tenantId}\n${key}`).digest('hex').slice(0, 32)}`;

/**
 * Notes something that happened, in the transaction in which it did; nothing when no endpoint or channel wants to know of it. Noted
 * twice it is told once.
 * @returns whether there is something to tell now.
 */
export async function noteEvent(
  scope: TenantScope,
  tenantId: TenantId,
  { type, key, occurredAtMs, data }: OutgoingEvent,
): Promise<boolean> {
  const { rowCount } = await scope.query(
    `insert into outgoing_events (tenant_id, event_id, type, occurred_at, data)
     select $1, $2, $3, to_timestamp($4::float8 / 1000), $5
      where exists (select from webhook_endpoints where tenant_id = $1 and state = 'active'
                       and (event_types = '{}' or $3 = any (event_types)))
         or ($3 = 'intake.completed'
             and exists (select from notice_channels where tenant_id = $1 and state = 'active' and intakes))
     on conflict (tenant_id, event_id) do nothing`,
    [tenantId, eventIdOf(tenantId, key), type, occurredAtMs, JSON.stringify(data)],
  );
  return (rowCount ?? 0) > 0;
}

export interface WaitingEvent {
  eventId: string;
  type: EventType;
  occurredAt: Date;
  data: EventData;
}

/** Events whose deliveries have not been started, oldest first. */
export async function waitingEvents(
  scope: TenantScope,
  tenantId: TenantId,
  limit: number,
): Promise<WaitingEvent[]> {
  const { rows } = await scope.query<WaitingEvent>(
    `select event_id as "eventId", type, occurred_at as "occurredAt", data from outgoing_events
      where tenant_id = $1 and fanned_out_at is null order by created_at, event_id limit $2`,
    [tenantId, limit],
  );
  return rows;
}

/** All their deliveries are started. */
export async function markFannedOut(
  scope: TenantScope,
  tenantId: TenantId,
  eventIds: readonly string[],
): Promise<void> {
  await scope.query(
    'update outgoing_events set fanned_out_at = now() where tenant_id = $1 and event_id = any ($2)',
    [tenantId, eventIds],
  );
}

/** Their deliveries remember them for themselves. */
export async function forgetOldEvents(scope: TenantScope, tenantId: TenantId, days: number): Promise<void> {
  await scope.query(
    'delete from outgoing_events where tenant_id = $1 and fanned_out_at < now() - make_interval(days => $2)',
    [tenantId, days],
  );
}
