import type { Pool } from 'pg';
import type { ErrorClass } from '../domain/failures.js';
import type { TenantId } from '../domain/ids.js';
import type { Operation, Priority, System } from '../domain/writes.js';
import { type DeadLetterFilter, parkedThat } from './dead-letter-filter.js';
import { withTenant } from './tenant.js';

/** A parked write, as the projection knows it. The workflow of that id holds the truth. */
export interface DeadLetterRow {
  workflowId: string;
  callId: string | null;
  system: System;
  operation: Operation;
  priority: Priority;
  priorityRank: number;
  errorClass: ErrorClass | null;
  errorMessage: string | null;
  /** The issue it belongs to. */
  fingerprint: string | null;
  attempts: number;
  revision: number;
  /** Who asked for a decision that somebody else must approve. */
  proposedBy: string | null;
  /** ISO 8601 with microseconds, so that it can serve as a cursor. */
  parkedAt: string;
}

/** The key of the last row seen. */
export type DeadLetterPosition = Pick<DeadLetterRow, 'priorityRank' | 'parkedAt' | 'workflowId'>;

export const deadLetterSorts = ['oldest', 'newest', 'priority'] as const;
/** Longest parked first; latest parked first; CRITICAL first and longest parked first within a priority. */
export type DeadLetterSort = (typeof deadLetterSorts)[number];

/** Each order is that of an index, so that a page costs the same wherever it lies. */
const orders: Record<DeadLetterSort, { by: string; after: string }> = {
  oldest: { by: 'parked_at, workflow_id', after: '(parked_at, workflow_id) > (@at::timestamptz, @id)' },
  newest: {
    by: 'parked_at desc, workflow_id desc',
    after: '(parked_at, workflow_id) < (@at::timestamptz, @id)',
  },
  priority: {
    by: 'priority_rank, parked_at, workflow_id',
    after: '(priority_rank, parked_at, workflow_id) > (@rank::int, @at::timestamptz, @id)',
  },
};

export interface DeadLetterQuery {
  filter?: DeadLetterFilter;
  sort?: DeadLetterSort;
  /** Rows after this one in the order asked for. */
  after?: DeadLetterPosition | undefined;
  limit: number;
}

/** Parked writes, longest parked first unless another order is asked for. */
export async function listDeadLetters(
  pool: Pool,
  tenantId: TenantId,
  { filter = {}, sort = 'oldest', after, limit }: DeadLetterQuery,
): Promise<DeadLetterRow[]> {
  const { sql, parameters } = parkedThat(tenantId, filter);
  const bind = (value: unknown): string => `$${parameters.push(value)}`;
  const position =
    after &&
    orders[sort].after
      .replace('@rank', () => bind(after.priorityRank))
      .replace('@at', () => bind(after.parkedAt))
      .replace('@id', () => bind(after.workflowId));
  return withTenant(pool, tenantId, async (scope) => {
    const { rows } = await scope.query<DeadLetterRow>(
      `select workflow_id as "workflowId", call_id as "callId", system, operation, priority,
              priority_rank as "priorityRank", error_class as "errorClass", error_message as "errorMessage",
              fingerprint, attempts, revision, proposed_by as "proposedBy",
              to_char(parked_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "parkedAt"
         from writes where ${sql} ${position ? `and ${position}` : ''}
        order by ${orders[sort].by} limit ${bind(limit)}`,
      parameters,
    );
    return rows;
  });
}

/** The revision a person saw of each of these writes; ids that are not this tenant's are left out. */
export async function ownWriteRevisions(
  pool: Pool,
  tenantId: TenantId,
  workflowIds: readonly string[],
): Promise<Map<string, number>> {
  return withTenant(pool, tenantId, async (scope) => {
    const { rows } = await scope.query<{ workflow_id: string; revision: number }>(
      'select workflow_id, revision from writes where tenant_id = $1 and workflow_id = any ($2)',
      [tenantId, workflowIds],
    );
    return new Map(rows.map((row) => [row.workflow_id, row.revision]));
  });
}
