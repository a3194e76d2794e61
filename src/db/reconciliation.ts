/** The table of writes beside what Temporal says: reading what it claims, putting it right, keeping what was found. */
import type { TenantId } from '../domain/ids.js';
import type { WritePhase } from '../domain/writes.js';
import type { TenantScope } from './tenant.js';
import {
  failureIn,
  identityColumns,
  identityValues,
  type WriteIdentity,
  type WriteProgress,
} from './writes.js';
import { fingerprintOf } from './issues.js';

/** What the table says of one write. */
export interface ClaimedState {
  workflowId: string;
  state: WritePhase;
  revision: number;
}

/** Every write the firm's table shows as waiting. */
export async function waitingWrites(scope: TenantScope, tenantId: TenantId): Promise<ClaimedState[]> {
  const { rows } = await scope.query<ClaimedState>(
    `select workflow_id as "workflowId", state, revision from writes
      where tenant_id = $1 and state in ('parked', 'backoff')`,
    [tenantId],
  );
  return rows;
}

/** One row, locked so that nothing changes it while it is judged; undefined when there is none. */
export async function lockWrite(
  scope: TenantScope,
  tenantId: TenantId,
  workflowId: string,
): Promise<ClaimedState | undefined> {
  const { rows } = await scope.query<ClaimedState>(
    `select workflow_id as "workflowId", state, revision from writes
      where tenant_id = $1 and workflow_id = $2 for update`,
    [tenantId, workflowId],
  );
  return rows[0];
}

/** Writes what the workflow says over whatever is there: the only way around the rule that reports never go back. */
export async function repairWrite(
  scope: TenantScope,
  write: WriteIdentity,
  progress: WriteProgress,
): Promise<void> {
  const failure = failureIn(write, progress);
  await scope.query(
    `insert into writes (${identityColumns}, state, attempts, revision,
                         error_class, error_message, parked_at, next_attempt_at, fingerprint, proposed_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,
             to_timestamp($13::float8 / 1000), to_timestamp($14::float8 / 1000), $15, $16)
     on conflict (tenant_id, workflow_id) do update set
       state = excluded.state, attempts = excluded.attempts, revision = excluded.revision,
       error_class = excluded.error_class, error_message = excluded.error_message, parked_at = excluded.parked_at,
       next_attempt_at = excluded.next_attempt_at, fingerprint = excluded.fingerprint,
       proposed_by = excluded.proposed_by, updated_at = now()`,
    [
      ...identityValues(write),
      ...[progress.state, progress.attempts, progress.revision, progress.errorClass, progress.errorMessage],
      ...[
        progress.parkedAtMs,
        progress.nextAttemptAtMs,
        failure && fingerprintOf(failure),
        progress.proposedBy,
      ],
    ],
  );
}

/** Closes a row whose workflow is over, or gone. A row that is closed already is left alone. */
export async function closeWrite(
  scope: TenantScope,
  tenantId: TenantId,
  workflowId: string,
  end: { state: 'done' | 'discarded'; externalId?: string; url?: string },
): Promise<void> {
  await scope.query(
    `update writes set state = $3, external_id = coalesce($4, external_id), url = coalesce($5, url),
            parked_at = null, next_attempt_at = null, proposed_by = null, updated_at = now()
      where tenant_id = $1 and workflow_id = $2 and state <> 'done'`,
    [tenantId, workflowId, end.state, end.externalId ?? null, end.url ?? null],
  );
}

export interface Reconciliation {
  at: Date;
  compared: number;
  drift: number;
  driftTotal: number;
  lastDriftAt: Date | null;
}

export async function saveReconciliation(
  scope: TenantScope,
  tenantId: TenantId,
  { compared, drift }: Pick<Reconciliation, 'compared' | 'drift'>,
): Promise<void> {
  await scope.query(
    `insert into reconciliations as r (tenant_id, at, compared, drift, drift_total, last_drift_at)
     values ($1, now(), $2, $3::int, $3::int, case when $3::int > 0 then now() end)
     on conflict (tenant_id) do update set at = now(), compared = excluded.compared, drift = excluded.drift,
       drift_total = r.drift_total + excluded.drift, last_drift_at = coalesce(excluded.last_drift_at, r.last_drift_at)`,
    [tenantId, compared, drift],
  );
}

/** What the last comparison found; undefined when there was none yet. */
export async function lastReconciliation(
  scope: TenantScope,
  tenantId: TenantId,
): Promise<Reconciliation | undefined> {
  const { rows } = await scope.query<Reconciliation>(
    `select at, compared, drift, drift_total::float8 as "driftTotal", last_drift_at as "lastDriftAt"
       from reconciliations where tenant_id = $1`,
    [tenantId],
  );
  return rows[0];
}
