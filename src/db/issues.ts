/** Issues: parked writes that failed for the same reason, with somebody who cares for it. */
import { createHash } from 'node:crypto';
import { failurePattern } from '../domain/fingerprint.js';
import type { ErrorClass } from '../domain/failures.js';
import type { TenantId } from '../domain/ids.js';
import type { Operation, System } from '../domain/writes.js';
import type { TenantScope } from './tenant.js';

/** `regressed`: somebody resolved it and it came back. */
export type IssueState = 'open' | 'acknowledged' | 'resolved' | 'regressed';

export interface Failure {
  system: System;
  operation: Operation;
  errorClass: ErrorClass;
  errorMessage: string;
}

/** 16 hex digits: the same for failures that differ in ids and numbers only. */
export function fingerprintOf({ system, operation, errorClass, errorMessage }: Failure): string {
  const parts = [system, operation, errorClass, failurePattern(errorMessage)];
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 16);
}

/**
 * Counts a parked write in. An issue resolved before that becomes `regressed`; otherwise the row is touched at most once a second, because
 * in an outage thousands of writes meet in it.
 */
export async function noteFailure(
  scope: TenantScope,
  tenantId: TenantId,
  failure: Failure,
  parkedAtMs: number,
): Promise<void> {
  const { system, operation, errorClass, errorMessage } = failure;
  await scope.query(
    `insert into write_issues as i (tenant_id, fingerprint, system, operation, error_class, pattern, first_seen, last_seen)
     values ($1, $2, $3, $4, $5, $6, to_timestamp($7::float8 / 1000), to_timestamp($7::float8 / 1000))
     on conflict (tenant_id, fingerprint) do update set
       last_seen = greatest(i.last_seen, excluded.last_seen),
       state = case when i.resolved_at < excluded.last_seen then 'regressed' else i.state end,
       resolved_at = case when i.resolved_at < excluded.last_seen then null else i.resolved_at end
     where i.resolved_at < excluded.last_seen or i.last_seen < excluded.last_seen - interval '1 second'`,
    [
      ...[tenantId, fingerprintOf(failure), system, operation, errorClass, failurePattern(errorMessage)],
      parkedAtMs,
    ],
  );
}

export interface IssueRow {
  fingerprint: string;
  system: System;
  operation: Operation;
  errorClass: ErrorClass;
  /** The message with ids and numbers taken out. */
  pattern: string;
  state: IssueState;
  owner: string | null;
  firstSeen: Date;
  lastSeen: Date;
  /** Writes parked with it now. */
  parked: number;
}

const columns = `i.fingerprint, i.system, i.operation, i.error_class as "errorClass", i.pattern, i.state, i.owner,
  i.first_seen as "firstSeen", i.last_seen as "lastSeen", coalesce(w.parked, 0)::int as parked`;

/** Those with the most parked writes first. */
export async function listIssues(
  scope: TenantScope,
  tenantId: TenantId,
  query: { states?: readonly IssueState[] | undefined; limit: number },
): Promise<IssueRow[]> {
  const { rows } = await scope.query<IssueRow>(
    `select ${columns} from write_issues i
       left join (select fingerprint, count(*) as parked from writes
                   where tenant_id = $1 and state = 'parked' group by fingerprint) w using (fingerprint)
      where i.tenant_id = $1 and ($2::text[] is null or i.state = any ($2))
      order by parked desc, i.last_seen desc, i.fingerprint limit $3`,
    [tenantId, query.states ?? null, query.limit],
  );
  return rows;
}

/** @returns the issue after the change, or undefined when there is no such one. An owner of null takes it from its owner. */
export async function changeIssue(
  scope: TenantScope,
  tenantId: TenantId,
  fingerprint: string,
  change: { state?: IssueState | undefined; owner?: string | null | undefined },
): Promise<IssueRow | undefined> {
  const { rows } = await scope.query<IssueRow>(
    `with changed as (
       update write_issues set state = coalesce($3, state),
              resolved_at = case coalesce($3, state) when 'resolved' then coalesce(resolved_at, now()) end, owner = case when $4 then $5 else owner end
        where tenant_id = $1 and fingerprint = $2 returning *)
     select ${columns} from changed i
       left join lateral (select count(*) as parked from writes
                           where tenant_id = $1 and state = 'parked' and fingerprint = $2) w on true`,
    [tenantId, fingerprint, change.state ?? null, change.owner !== undefined, change.owner ?? null],
  );
  return rows[0];
}
