import type { Pool } from 'pg';
import type { ErrorClass } from '../domain/failures.js';
import type { TenantId } from '../domain/ids.js';
import type { Operation, Priority, System } from '../domain/writes.js';
import { withTenant } from './tenant.js';

/** How long a write has been parked; each name is the upper bound. */
export const ageBuckets = ['under_1h', 'under_4h', 'under_1d', 'under_7d', 'older'] as const;
export type AgeBucket = (typeof ageBuckets)[number];

/** Counts of parked writes. Only keys with parked writes appear. */
export interface DeadLetterStats {
  parked: number;
  /** When the longest parked one was parked; null when none is. */
  oldestParkedAt: Date | null;
  byPriority: Partial<Record<Priority, number>>;
  bySystem: Partial<Record<System, number>>;
  byOperation: Partial<Record<Operation, number>>;
  byErrorClass: Partial<Record<ErrorClass, number>>;
  byAge: Partial<Record<AgeBucket, number>>;
}

interface Facet {
  facet: 'all' | 'priority' | 'system' | 'operation' | 'error_class' | 'age';
  key: string;
  parked: number;
  oldest: Date | null;
}

/**
 * Counts by priority, system, operation, error class and age. The parked writes are grouped once by everything; the
 * groups, of which there are at most some hundreds, are then added up by each.
 */
export async function deadLetterStats(pool: Pool, tenantId: TenantId): Promise<DeadLetterStats> {
  const rows = await withTenant(pool, tenantId, async (scope) => {
    const result = await scope.query<Facet>(
      `with grouped as materialized (
         select priority, system, operation, coalesce(error_class, 'internal') as error_class,
                case when parked_at > now() - interval '1 hour' then 'under_1h'
                     when parked_at > now() - interval '4 hours' then 'under_4h'
                     when parked_at > now() - interval '1 day' then 'under_1d'
                     when parked_at > now() - interval '7 days' then 'under_7d' else 'older' end as age,
                count(*) as n, min(parked_at) as oldest
           from writes where tenant_id = $1 and state = 'parked' group by 1, 2, 3, 4, 5)
       select facet, key, sum(n)::int as parked, min(oldest) as oldest
         from grouped cross join lateral (values ('all', ''), ('priority', priority), ('system', system),
              ('operation', operation), ('error_class', error_class), ('age', age)) as facets (facet, key)
        group by facet, key`,
      [tenantId],
    );
    return result.rows;
  });
  const total = rows.find(({ facet }) => facet === 'all');
  const counts = <K extends string>(facet: Facet['facet']): Partial<Record<K, number>> =>
    Object.fromEntries(
      rows.filter((row) => row.facet === facet).map(({ key, parked }) => [key, parked]),
    ) as Partial<Record<K, number>>;
  return {
    parked: total?.parked ?? 0,
    oldestParkedAt: total?.oldest ?? null,
    byPriority: counts('priority'),
    bySystem: counts('system'),
    byOperation: counts('operation'),
    byErrorClass: counts('error_class'),
    byAge: counts('age'),
  };
}
