/** Our ledger of money, and where it and LawPay's disagree. */
import type { TenantId } from '../domain/ids.js';
import type { Drift, LinkSent, MovementMade } from '../domain/payments/books.js';
import type { TenantScope } from './tenant.js';

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
