/** The audit log: append-only, one hash chain per firm. */
import type { TenantId } from '../domain/ids.js';
import { chainHash, type ChainedRow, GENESIS, sha256Hex } from './audit-chain.js';
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
export async function appendAudit(scope: TenantScope, event: AuditEvent): Promise<boolean> {
  const { tenantId, eventId, actor, action, subject, reason, details = {}, sealed } = event;
  await scope.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`audit/${tenantId}`]);
  const { rows } = await scope.query<{ known: boolean; seq: string | null; hash: string | null }>(
    `select exists (select from audit_log where tenant_id = $1 and event_id = $2) as known, last.seq, last.hash
       from (select 1) one left join lateral
         (select seq, encode(hash, 'hex') as hash from audit_log where tenant_id = $1 order by seq desc limit 1) last
         on true`,
    [tenantId, eventId],
  );
  if (rows[0]?.known) return false;
  const prevHash = rows[0]?.hash ?? GENESIS;
  const seq = Number(rows[0]?.seq ?? 0) + 1;
  const at = new Date(event.atMs);
  const sealedSha256 = sealed ? sha256Hex(sealed) : null;
  const hash = chainHash(prevHash, {
    ...{ tenantId, seq, eventId, at, actor, action, subject, reason, details, sealedSha256 },
  });
  await scope.query(
    `insert into audit_log (tenant_id, seq, event_id, at, actor, action, subject, reason, details, sealed, prev_hash, hash)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, decode($11, 'hex'), decode($12, 'hex'))`,
    [
      ...[
        tenantId,
        seq,
        eventId,
        at,
        actor,
        action,
        subject,
        reason,
        JSON.stringify(details),
        sealed ?? null,
      ],
      ...[prevHash, hash],
    ],
  );
  return true;
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
