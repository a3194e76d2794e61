import type { ErrorClass } from '../domain/failures.js';
import type { TenantId } from '../domain/ids.js';
import type { TenantScope } from './tenant.js';
import { rowColumns, type WriteRow } from './writes.js';

/** A failed attempt. */
export interface AttemptRow {
  attempt: number;
  at: Date;
  errorClass: ErrorClass;
  errorMessage: string | null;
}

export interface WriteDetails {
  write: WriteRow & { fingerprint: string | null; proposedBy: string | null };
  /** Latest first, at most a hundred. */
  attempts: AttemptRow[];
}

/** One write in whatever state, with its failed attempts; undefined when the firm has no such write. */
export async function writeDetails(
  scope: TenantScope,
  tenantId: TenantId,
  workflowId: string,
): Promise<WriteDetails | undefined> {
  const { rows } = await scope.query<WriteDetails['write']>(
    `select ${rowColumns}, fingerprint, proposed_by as "proposedBy" from writes
      where tenant_id = $1 and workflow_id = $2`,
    [tenantId, workflowId],
  );
  const write = rows[0];
  if (!write) return undefined;
  const attempts = await scope.query<AttemptRow>(
    `select attempt, at, error_class as "errorClass", error_message as "errorMessage" from write_attempts
      where tenant_id = $1 and workflow_id = $2 order by attempt desc limit 100`,
    [tenantId, workflowId],
  );
  return { write, attempts: attempts.rows };
}
