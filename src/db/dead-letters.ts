import type { Pool } from 'pg';
import type { ErrorClass } from '../domain/failures.js';
import type { CallId, TenantId } from '../domain/ids.js';
import type { Operation, Priority, System } from '../domain/writes.js';
import { withTenant } from './tenant.js';

/** A parked write, as the projection knows it. The workflow of that id holds the truth. */
export interface DeadLetterRow {
  workflowId: string;
  callId: CallId;
  system: System;
  operation: Operation;
  priority: Priority;
  errorClass: ErrorClass | null;
  errorMessage: string | null;
  attempts: number;
  revision: number;
  /** ISO 8601 with microseconds, so that it can serve as a cursor. */
  parkedAt: string;
}

export interface DeadLetterQuery {
  system?: System | undefined;
  priority?: Priority | undefined;
  errorClass?: ErrorClass | undefined;
  /** Rows after this one in the order oldest first. */
  after?: { parkedAt: string; workflowId: string } | undefined;
  limit: number;
}

/** Parked writes, longest parked first. */
export async function listDeadLetters(
  pool: Pool,
  tenantId: TenantId,
  query: DeadLetterQuery,
): Promise<DeadLetterRow[]> {
  return withTenant(pool, tenantId, async (scope) => {
    const { rows } = await scope.query<DeadLetterRow>(
      `select workflow_id as "workflowId", call_id as "callId", system, operation, priority,
              error_class as "errorClass", error_message as "errorMessage", attempts, revision,
              to_char(parked_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "parkedAt"
         from writes
        where tenant_id = $1 and state = 'parked'
          and ($2::text is null or system = $2)
          and ($3::text is null or priority = $3)
          and ($4::text is null or error_class = $4)
          and ($5::timestamptz is null or (parked_at, workflow_id) > ($5, $6))
        order by parked_at, workflow_id limit $7`,
      [
        tenantId,
        query.system ?? null,
        query.priority ?? null,
        query.errorClass ?? null,
        query.after?.parkedAt ?? null,
        query.after?.workflowId ?? null,
        query.limit,
      ],
    );
    return rows;
  });
}

/** Counts of parked writes. Only keys with parked writes appear. */
export interface DeadLetterStats {
  parked: number;
  /** When the longest parked one was parked; null when none is. */
  oldestParkedAt: Date | null;
  byPriority: Partial<Record<Priority, number>>;
  bySystem: Partial<Record<System, number>>;
  byErrorClass: Partial<Record<ErrorClass, number>>;
}

interface StatsRow {
  priority: Priority | null;
  system: System | null;
  error_class: ErrorClass | null;
  parked: number;
  oldest: Date | null;
}

/** Counts by priority, system and error class, in one pass over the parked writes. */
export async function deadLetterStats(pool: Pool, tenantId: TenantId): Promise<DeadLetterStats> {
  const rows = await withTenant(pool, tenantId, async (scope) => {
    const result = await scope.query<StatsRow>(
      `select priority, system, error_class, count(*)::int as parked, min(parked_at) as oldest
         from (select priority, system, coalesce(error_class, 'internal') as error_class, parked_at
                 from writes where tenant_id = $1 and state = 'parked') parked_writes
        group by grouping sets ((), (priority), (system), (error_class))`,
      [tenantId],
    );
    return result.rows;
  });
  const total = rows.find((row) => !row.priority && !row.system && !row.error_class);
  const counts = <K extends string>(key: (row: StatsRow) => K | null): Partial<Record<K, number>> =>
    Object.fromEntries(rows.flatMap((row) => (key(row) ? [[key(row), row.parked]] : []))) as Partial<
      Record<K, number>
    >;
  return {
    parked: total?.parked ?? 0,
    oldestParkedAt: total?.oldest ?? null,
    byPriority: counts((row) => row.priority),
    bySystem: counts((row) => row.system),
    byErrorClass: counts((row) => row.error_class),
  };
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
