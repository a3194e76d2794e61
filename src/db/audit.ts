/** The audit log: append-only, one hash chain per firm. */
import type { TenantId } from '../domain/ids.js';
import { type ChainHead, chainHash, type ChainedRow, GENESIS, sha256Hex } from './audit-chain.js';
import type { TenantScope } from './tenant.js';

export interface AuditEvent {
  tenantId: TenantId;
  /** Names the event: a second one of the same name is not written. */
  eventId: string;
  atMs: number;
  /** Subject of a token, or the part of HERMES that acted by itself. */
  actor: string;
  /** What was done, e.g. `write.retry`. */
  action: string;
  /** What it was done to: a workflow id, a job, an issue. */
  subject: string;
  reason: string;
  /** Never privileged: JSON values that may be shown to whoever may read the log. */
  details?: Readonly<Record<string, unknown>>;
  sealed?: Buffer;
}

/**
 * Appends to the firm's chain. Appends of one firm wait for each other until their transactions end, so call it last.
 * @returns false when the event was there already.
 */
export const appendAudit = async (scope: TenantScope, event: AuditEvent): Promise<boolean> =>
  (await appendAllAudit(scope, event.tenantId, [event])) === 1;

/** `appendAudit` of many, in their order. @returns how many were not there already. */
export async function appendAllAudit(
  scope: TenantScope,
  tenantId: TenantId,
  events: readonly AuditEvent[],
): Promise<number> {
  if (events.length === 0) return 0;
  // Named events are written once; two of one name in one call are one.
  const named = new Map(events.map((event) => [event.eventId, event]));
  await scope.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`audit/${tenantId}`]);
  const { rows } = await scope.query<{ known: string[]; seq: string | null; hash: string | null }>(
    `select array(select event_id from audit_log where tenant_id = $1 and event_id = any ($2)) as known,
            last.seq, last.hash
       from (select 1) one left join lateral
         (select seq, encode(hash, 'hex') as hash from audit_log where tenant_id = $1 order by seq desc limit 1) last
         on true`,
    [tenantId, [...named.keys()]],
  );
  for (const eventId of rows[0]?.known ?? []) named.delete(eventId);
  if (named.size === 0) return 0;
  const head = { seq: Number(rows[0]?.seq ?? 0), hash: rows[0]?.hash ?? GENESIS };
  await insertLinks(scope, tenantId, chained(head, tenantId, [...named.values()]));
  return named.size;
}

interface Link {
  event: AuditEvent;
  seq: number;
  at: Date;
  prevHash: string;
  hash: string;
}

/** Each after the one before it. */
function chained(head: ChainHead, tenantId: TenantId, events: readonly AuditEvent[]): Link[] {
  let { seq, hash } = head;
  return events.map((event) => {
    const { eventId, actor, action, subject, reason, details = {}, sealed } = event;
    const prevHash = hash;
    const at = new Date(event.atMs);
    const sealedSha256 = sealed ? sha256Hex(sealed) : null;
    seq += 1;
    hash = chainHash(prevHash, {
      ...{ tenantId, seq, eventId, at, actor, action, subject, reason, details, sealedSha256 },
    });
    return { event, seq, at, prevHash, hash };
  });
}

async function insertLinks(scope: TenantScope, tenantId: TenantId, links: readonly Link[]): Promise<void> {
  const events = links.map(({ event }) => event);
  await scope.query(
    `insert into audit_log (tenant_id, seq, event_id, at, actor, action, subject, reason, details, sealed, prev_hash, hash)
     select $1, seq, event_id, at, actor, action, subject, reason, details, sealed, decode(prev_hash, 'hex'), decode(hash, 'hex')
       from unnest($2::bigint[], $3::text[], $4::timestamptz[], $5::text[], $6::text[], $7::text[], $8::text[],
                   $9::jsonb[], $10::bytea[], $11::text[], $12::text[])
         as e (seq, event_id, at, actor, action, subject, reason, details, sealed, prev_hash, hash)`,
    [
      tenantId,
      links.map(({ seq }) => seq),
      events.map(({ eventId }) => eventId),
      links.map(({ at }) => at),
      events.map(({ actor }) => actor),
      events.map(({ action }) => action),
      events.map(({ subject }) => subject),
      events.map(({ reason }) => reason),
      events.map(({ details = {} }) => JSON.stringify(details)),
      events.map(({ sealed = null }) => sealed),
      links.map(({ prevHash }) => prevHash),
      links.map(({ hash }) => hash),
    ],
  );
}

const columns = `tenant_id as "tenantId", seq::float8 as seq, event_id as "eventId", at, actor, action, subject, reason,
  details, case when sealed is null then null else encode(sha256(sealed), 'hex') end as "sealedSha256",
  encode(prev_hash, 'hex') as "prevHash", encode(hash, 'hex') as hash`;

/** Rows of one firm after `afterSeq`, in the order they were written. */
export async function readAudit(
  scope: TenantScope,
  tenantId: TenantId,
  page: { afterSeq: number; limit: number },
): Promise<ChainedRow[]> {
  const { rows } = await scope.query<ChainedRow>(
    `select ${columns} from audit_log where tenant_id = $1 and seq > $2 order by seq limit $3`,
    [tenantId, page.afterSeq, page.limit],
  );
  return rows;
}

/** The sealed part rides along for whoever holds the key. */
export type SubjectEvent = ChainedRow & { sealed: Buffer | null };

/** Everything decided about one subject, oldest first; the newest `limit` of it. */
export async function auditOf(
  scope: TenantScope,
  tenantId: TenantId,
  subject: string,
  limit: number,
): Promise<SubjectEvent[]> {
  const { rows } = await scope.query<SubjectEvent>(
    `select ${columns}, sealed from audit_log where tenant_id = $1 and subject = $2 order by seq desc limit $3`,
    [tenantId, subject, limit],
  );
  return rows.reverse();
}
