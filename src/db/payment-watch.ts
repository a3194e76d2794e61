/** What LawPay told of, what it said when asked, and where the two ledgers disagree. */
import type { TenantId } from '../domain/ids.js';
import type { Drift, LinkSent, Listed, MovementMade } from '../domain/payments/reconciliation.js';
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

export interface ReadTransaction extends Listed {
  createdAt: string;
  modifiedAt: string;
}

/** Keeps what LawPay said. An older word never replaces a newer one, in whatever order they were read. */
export async function keepTransaction(
  scope: TenantScope,
  tenantId: TenantId,
  read: ReadTransaction,
): Promise<void> {
  await scope.query(
    `insert into lawpay_transactions as t
       (tenant_id, transaction_id, type, status, amount_cents, refunded_cents, account_id, reference, charge_id,
        created_at, modified_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
     on conflict (tenant_id, transaction_id) do update set
       status = excluded.status, amount_cents = excluded.amount_cents, refunded_cents = excluded.refunded_cents,
       account_id = excluded.account_id, reference = excluded.reference, modified_at = excluded.modified_at, read_at = now()
     where excluded.modified_at >= t.modified_at`,
    [
      ...[tenantId, read.id, read.type, read.status, read.amountCents, read.refundedCents, read.accountId],
      ...[read.reference ?? null, read.chargeId ?? null, read.createdAt, read.modifiedAt],
    ],
  );
  // What LawPay says of a movement it has told of before; its state is left alone.
  await scope.query(
    `update money_movements set status = $3, updated_at = now()
      where tenant_id = $1 and transaction_id = $2 and state = 'answered' and status is distinct from $3
        and how is distinct from 'void' and $3 <> 'FAILED'
        and not exists (select from lawpay_transactions t
          where t.tenant_id = $1 and t.transaction_id = $2 and t.modified_at > $4)`,
    [tenantId, read.id, read.status, read.modifiedAt],
  );
}

/** Movements under these references that may have been sent and are not answered. */
export async function unprovenOf(
  scope: TenantScope,
  tenantId: TenantId,
  reference: string,
): Promise<{ reference: string; kind: 'CHARGE' | 'REFUND' } | undefined> {
  const { rows } = await scope.query<{ reference: string; kind: 'CHARGE' | 'REFUND' }>(
    `select reference, kind from money_movements where tenant_id = $1 and reference = $2 and state = 'sent'`,
    [tenantId, reference],
  );
  return rows[0];
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

/** What we have sent and moved since a moment. */
export async function ourBooks(
  scope: TenantScope,
  tenantId: TenantId,
  since: Date,
): Promise<{ links: LinkSent[]; movements: MovementMade[] }> {
  const { rows: links } = await scope.query<LinkSent>(
    `select r.reference, r.amount_cents::float8 as "amountCents", r.account, p.page_id is null as "onTheirPage"
       from payment_requests r
       left join payment_pages p on p.tenant_id = r.tenant_id and p.request_reference = r.reference
      where r.tenant_id = $1 and r.created_at >= $2`,
    [tenantId, since],
  );
  const { rows: movements } = await scope.query<MovementMade>(
    `select reference, kind, state, how, amount_cents::float8 as "amountCents", account_id as "accountId",
            transaction_id as "transactionId", of_transaction as "ofTransaction", status,
            extract(epoch from now() - updated_at)::float8 * 1000 as "ageMs"
       from money_movements where tenant_id = $1 and created_at >= $2`,
    [tenantId, since],
  );
  return { links, movements };
}

/** Keeps what a comparison found; what it no longer finds is over. @returns kinds and numbers of new ones */
export async function keepDrifts(
  scope: TenantScope,
  tenantId: TenantId,
  drifts: readonly Drift[],
  compared: Readonly<Record<string, number>>,
): Promise<Drift[]> {
  const [kinds, subjects] = [drifts.map(({ kind }) => kind), drifts.map(({ subject }) => subject)];
  await scope.query(
    `update payment_drifts set resolved_at = now() where tenant_id = $1 and resolved_at is null
       and not exists (select from unnest($2::text[], $3::text[]) as f (kind, subject)
                        where f.kind = payment_drifts.kind and f.subject = payment_drifts.subject)`,
    [tenantId, kinds, subjects],
  );
  const { rows } = await scope.query<{ kind: string; subject: string; isNew: boolean }>(
    `insert into payment_drifts as d (tenant_id, kind, subject, detail)
     select distinct on (f.kind, f.subject) $1, f.kind, f.subject, f.detail
       from unnest($2::text[], $3::text[], $4::text[]) as f (kind, subject, detail)
     on conflict (tenant_id, kind, subject) where resolved_at is null
       do update set last_seen = now(), detail = excluded.detail
     returning kind, subject, (xmax = 0) as "isNew"`,
    [tenantId, kinds, subjects, drifts.map(({ detail }) => detail)],
  );
  await scope.query(
    `insert into payment_watch (tenant_id, compared_at, compared) values ($1, now(), $2)
     on conflict (tenant_id) do update set compared_at = now(), compared = excluded.compared`,
    [tenantId, JSON.stringify(compared)],
  );
  const fresh = new Set(rows.filter(({ isNew }) => isNew).map(({ kind, subject }) => `${kind} ${subject}`));
  return drifts.filter(({ kind, subject }) => fresh.has(`${kind} ${subject}`));
}

export interface DriftRow extends Omit<Drift, 'kind'> {
  kind: string;
  firstSeen: Date;
  lastSeen: Date;
}

/** The last comparison and what is still open. */
export async function lastComparison(
  scope: TenantScope,
  tenantId: TenantId,
  limit: number,
): Promise<{ at: Date | null; compared: Record<string, number>; drifts: DriftRow[] }> {
  const { rows: watch } = await scope.query<{ at: Date | null; compared: Record<string, number> }>(
    'select compared_at as at, compared from payment_watch where tenant_id = $1',
    [tenantId],
  );
  const { rows: drifts } = await scope.query<DriftRow>(
    `select kind, subject, detail, first_seen as "firstSeen", last_seen as "lastSeen" from payment_drifts
      where tenant_id = $1 and resolved_at is null order by first_seen, kind, subject limit $2`,
    [tenantId, limit],
  );
  return { at: watch[0]?.at ?? null, compared: watch[0]?.compared ?? {}, drifts };
}
