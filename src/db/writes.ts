/**
 * The projection of `externalWrite` workflows: intent before a write, receipt after it, and where it stands in between.
 * Temporal holds the truth; this table answers lists and counts, and remembers for ever that a write landed.
 */
import type { ErrorClass } from '../domain/failures.js';
import type { Lane, Operation, Priority, System, WritePhase } from '../domain/writes.js';
import { type Failure, fingerprintOf } from './issues.js';
import type { TenantScope } from './tenant.js';

/** The fixed part of a write's row. */
export interface WriteIdentity {
  tenantId: string;
  workflowId: string;
  /** The call it comes of, if it comes of one. */
  callId?: string | undefined;
  system: System;
  /** Absent: the system itself. */
  lane?: Lane | undefined;
  operation: Operation;
  priority: Priority;
}

/** The columns of it, for an insert; `$1` to `$7` are its values. */
export const identityColumns = 'tenant_id, workflow_id, call_id, system, operation, priority, lane';

export const identityValues = (write: WriteIdentity) => [
  write.tenantId,
  write.workflowId,
  write.callId,
  write.system,
  write.operation,
  write.priority,
  write.lane,
];

/** Whose breaker and pace a write is under. */
export const laneOf = ({ lane, system }: Pick<WriteIdentity, 'lane' | 'system'>): Lane => lane ?? system;

/** Where a write stands. Times are epoch milliseconds. */
export interface WriteProgress {
  state: WritePhase;
  /** Attempts made so far over the write's whole life. */
  attempts: number;
  /** Decisions taken so far. */
  revision: number;
  errorClass?: ErrorClass;
  errorMessage?: string;
  externalId?: string;
  url?: string;
  parkedAtMs?: number;
  nextAttemptAtMs?: number;
  /** Who asked for a decision that a second person must approve. */
  proposedBy?: string;
  /** Whether the outside system may hold the record without our knowing. Absent: as it was. */
  inDoubt?: boolean;
}

/** What an earlier attempt left behind. */
export interface PriorWrite {
  state: WritePhase;
  /** Attempts that were begun; 0 when the write has only ever waited, so that nothing can have been sent. */
  attempts: number;
  externalId: string | null;
  url: string | null;
  /** Whether one of them may have done the work. */
  inDoubt: boolean;
}

/** The row an earlier attempt left, locked; undefined when the table has not heard of the write. */
export async function priorWrite(scope: TenantScope, write: WriteIdentity): Promise<PriorWrite | undefined> {
  const { rows } = await scope.query<PriorWrite>(
    `select state, attempts, external_id as "externalId", url, in_doubt as "inDoubt" from writes
     where tenant_id = $1 and workflow_id = $2 for update`,
    [write.tenantId, write.workflowId],
  );
  return rows[0];
}

/**
 * Records the intent of an attempt before anything is sent: from here on the work may have been done. The row follows the
 * attempt even when Temporal was reset to an earlier point: only one attempt per key runs at a time, so a beginning one is
 * the newest truth.
 */
export async function beginWrite(
  scope: TenantScope,
  write: WriteIdentity,
  at: Pick<WriteProgress, 'attempts' | 'revision'>,
): Promise<void> {
  await scope.query(
    `insert into writes (${identityColumns}, state, attempts, revision, in_doubt)
     values ($1, $2, $3, $4, $5, $6, $7, 'running', $8, $9, true)
     on conflict (tenant_id, workflow_id) do update set
       state = 'retrying', attempts = excluded.attempts, revision = excluded.revision, in_doubt = true,
       parked_at = null, next_attempt_at = null, proposed_by = null, updated_at = now()`,
    [...identityValues(write), at.attempts, at.revision],
  );
}

/**
 * Writes where a write stands now. A late report never overwrites a newer one: revision and attempts only grow, and
 * `done`, `discarded` and `expired` are final (a write that Temporal resets begins its row anew).
 */
export async function projectWrite(
  scope: TenantScope,
  write: WriteIdentity,
  progress: WriteProgress,
): Promise<void> {
  const failure = failureIn(write, progress);
  await scope.query(
    `insert into writes as w (${identityColumns}, state, attempts, revision,
                              error_class, error_message, external_id, url, parked_at, next_attempt_at,
                              fingerprint, proposed_by, in_doubt)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,
             to_timestamp($15::float8 / 1000), to_timestamp($16::float8 / 1000), $17, $18, coalesce($19, true))
     on conflict (tenant_id, workflow_id) do update set
       state = excluded.state, attempts = excluded.attempts, revision = excluded.revision,
       error_class = excluded.error_class, error_message = excluded.error_message,
       external_id = coalesce(excluded.external_id, w.external_id), url = coalesce(excluded.url, w.url),
       parked_at = excluded.parked_at, next_attempt_at = excluded.next_attempt_at,
       fingerprint = excluded.fingerprint, proposed_by = excluded.proposed_by,
       in_doubt = coalesce($19, w.in_doubt), updated_at = now()
     where w.state not in ('done', 'discarded', 'expired')
       and excluded.revision >= w.revision and excluded.attempts >= w.attempts`,
    [
      ...identityValues(write),
      progress.state,
      progress.attempts,
      progress.revision,
      progress.errorClass,
      progress.errorMessage,
      progress.externalId,
      progress.url,
      progress.parkedAtMs,
      progress.nextAttemptAtMs,
      failure && fingerprintOf(failure),
      progress.proposedBy,
      progress.inDoubt,
    ],
  );
  if (failure && progress.state === 'retrying') await noteAttempt(scope, write, progress);
}

/** Keeps what a failed attempt met. After a reset in Temporal attempts are counted anew: the later one stands. */
async function noteAttempt(scope: TenantScope, write: WriteIdentity, failed: WriteProgress): Promise<void> {
  await scope.query(
    `insert into write_attempts (tenant_id, workflow_id, attempt, error_class, error_message) values ($1, $2, $3, $4, $5)
     on conflict (tenant_id, workflow_id, attempt) do update set
       at = now(), error_class = excluded.error_class, error_message = excluded.error_message`,
    [write.tenantId, write.workflowId, failed.attempts, failed.errorClass, failed.errorMessage],
  );
}

/** What went wrong, as issues tell failures apart. */
export const failureIn = (
  { system, operation }: WriteIdentity,
  { errorClass, errorMessage = '' }: WriteProgress,
): Failure | undefined => errorClass && { system, operation, errorClass, errorMessage };

/** One row as lists show it. */
export interface WriteRow {
  workflowId: string;
  callId: string | null;
  system: System;
  operation: Operation;
  priority: Priority;
  state: WritePhase;
  errorClass: ErrorClass | null;
  errorMessage: string | null;
  attempts: number;
  revision: number;
  externalId: string | null;
  url: string | null;
  parkedAt: Date | null;
  nextAttemptAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

/** Select list of a WriteRow. */
export const rowColumns = `workflow_id as "workflowId", call_id as "callId", system, operation, priority, state,
  error_class as "errorClass", error_message as "errorMessage", attempts, revision, external_id as "externalId", url,
  parked_at as "parkedAt", next_attempt_at as "nextAttemptAt", created_at as "createdAt", updated_at as "updatedAt"`;

/** The writes of one call, in the order they began. */
export async function writesOfCall(
  scope: TenantScope,
  tenantId: string,
  callId: string,
): Promise<WriteRow[]> {
  const { rows } = await scope.query<WriteRow>(
    `select ${rowColumns} from writes where tenant_id = $1 and call_id = $2 order by created_at, workflow_id`,
    [tenantId, callId],
  );
  return rows;
}
