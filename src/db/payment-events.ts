/** Events of LawPay, noted once each: they say where to look. */
import type { TenantId } from '../domain/ids.js';
import type { TenantScope } from './tenant.js';

export interface EventHint {
  eventId: string;
  type: string;
  transactionId: string | null;
}

/** Takes note of events; those known already are left alone. @returns how many are new */
export async function noteEvents(
  scope: TenantScope,
  tenantId: TenantId,
  source: 'webhook' | 'poll',
  events: readonly EventHint[],
): Promise<number> {
  if (events.length === 0) return 0;
  const { rowCount } = await scope.query(
    `insert into lawpay_events (tenant_id, event_id, type, transaction_id, source)
     select $1, e.event_id, e.type, e.transaction_id, $2
       from unnest($3::text[], $4::text[], $5::text[]) as e (event_id, type, transaction_id)
     on conflict do nothing`,
    [
      ...[tenantId, source, events.map(({ eventId }) => eventId), events.map(({ type }) => type)],
      events.map(({ transactionId }) => transactionId),
    ],
  );
  return rowCount ?? 0;
}

/** Events nobody has looked into yet, oldest first. */
export async function openEvents(
  scope: TenantScope,
  tenantId: TenantId,
  limit: number,
): Promise<EventHint[]> {
  const { rows } = await scope.query<EventHint>(
    `select event_id as "eventId", type, transaction_id as "transactionId" from lawpay_events
      where tenant_id = $1 and handled_at is null order by received_at, event_id limit $2`,
    [tenantId, limit],
  );
  return rows;
}

export async function closeEvents(
  scope: TenantScope,
  tenantId: TenantId,
  eventIds: readonly string[],
  outcome: 'read' | 'unknown' | 'no_transaction',
): Promise<void> {
  await scope.query(
    `update lawpay_events set handled_at = now(), outcome = $3 where tenant_id = $1 and event_id = any ($2)`,
    [tenantId, eventIds, outcome],
  );
}

/** Until when events were polled; undefined when they never were. */
export async function polledUntil(scope: TenantScope, tenantId: TenantId): Promise<Date | undefined> {
  const { rows } = await scope.query<{ at: Date | null }>(
    'select polled_until as at from payment_watch where tenant_id = $1',
    [tenantId],
  );
  return rows[0]?.at ?? undefined;
}

export async function notePolled(scope: TenantScope, tenantId: TenantId, until: Date): Promise<void> {
  await scope.query(
    `insert into payment_watch (tenant_id, polled_until) values ($1, $2)
     on conflict (tenant_id) do update set polled_until = excluded.polled_until`,
    [tenantId, until],
  );
}
