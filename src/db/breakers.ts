/** The breakers of a firm's outside systems, and the writes that wait behind them. */
import type { Pool } from 'pg';
import { closedCircuit, type Circuit } from '../domain/circuit.js';
import type { ErrorClass } from '../domain/failures.js';
import type { TenantId } from '../domain/ids.js';
import { operations, type Lane, type Operation } from '../domain/writes.js';
import { withTenant, type TenantScope } from './tenant.js';
import { identityColumns, identityValues, type WriteIdentity, type WriteProgress } from './writes.js';

const columns = `state, failures, epoch, wait_ms::float8 as "waitMs", canary, cause,
  extract(epoch from opened_at)::float8 * 1000 as "openedAtMs",
  extract(epoch from next_probe_at)::float8 * 1000 as "probeAtMs"`;

/** The breaker as it is; closed when it has never been touched. */
export async function readCircuit(scope: TenantScope, tenantId: TenantId, lane: Lane): Promise<Circuit> {
  const { rows } = await scope.query<Circuit>(
    `select ${columns} from breakers where tenant_id = $1 and system = $2`,
    [tenantId, lane],
  );
  return rows[0] ?? closedCircuit;
}

/** Changes the breaker by `next`, one transaction at a time. @returns what it was and what it has become. */
export async function changeCircuit(
  scope: TenantScope,
  tenantId: TenantId,
  lane: Lane,
  next: (circuit: Circuit) => Circuit,
): Promise<{ before: Circuit; after: Circuit }> {
  // An upsert that changes nothing makes the row and locks it in one statement.
  const { rows } = await scope.query<Circuit>(
    `insert into breakers as b (tenant_id, system, state, failures, epoch, wait_ms)
     values ($1, $2, 'closed', 0, 0, 0)
     on conflict (tenant_id, system) do update set updated_at = b.updated_at returning ${columns}`,
    [tenantId, lane],
  );
  const before = rows[0] ?? closedCircuit;
  const after = next(before);
  if (after !== before)
    await scope.query(
      `update breakers set state = $3, failures = $4, epoch = $5, wait_ms = $6, canary = $7, cause = $8,
         opened_at = to_timestamp($9::float8 / 1000), next_probe_at = to_timestamp($10::float8 / 1000),
         updated_at = now()
       where tenant_id = $1 and system = $2`,
      [
        tenantId,
        lane,
        after.state,
        after.failures,
        after.epoch,
        after.waitMs,
        after.canary,
        after.cause,
        after.openedAtMs,
        after.probeAtMs,
      ],
    );
  return { before, after };
}

/**
 * Notes that a write waits for its breaker. Like a beginning attempt this is the newest truth about it, but attempts are
 * not taken back: they tell that something may have been sent.
 */
export async function holdWrite(
  scope: TenantScope,
  write: WriteIdentity,
  at: Pick<WriteProgress, 'attempts' | 'revision' | 'errorMessage' | 'nextAttemptAtMs'>,
): Promise<void> {
  await scope.query(
    `insert into writes as w (${identityColumns}, state, attempts, revision,
                              error_class, error_message, next_attempt_at)
     values ($1, $2, $3, $4, $5, $6, $7, 'backoff', $8, $9, 'unavailable', $10, to_timestamp($11::float8 / 1000))
     on conflict (tenant_id, workflow_id) do update set
       state = 'backoff', attempts = greatest(w.attempts, excluded.attempts), revision = excluded.revision,
       error_class = excluded.error_class, error_message = excluded.error_message,
       parked_at = null, next_attempt_at = excluded.next_attempt_at, updated_at = now()
     where w.state <> 'done'`,
    [...identityValues(write), at.attempts, at.revision, at.errorMessage, at.nextAttemptAtMs],
  );
}

/** Writes that may go on when an outage ends. */
export interface WaitingQuery {
  tenantId: TenantId;
  lane: Lane;
  /** Why they wait. */
  causes: readonly ErrorClass[];
  /** Only those not yet told in this epoch of the breaker. */
  epoch: number;
  limit: number;
}

/** Operations whose unknown outcome only a person may resolve: no recovery wakes them. */
const proven = (Object.keys(operations) as Operation[]).filter(
  // Widened: which rules the table holds today is no reason to stop asking.
  (operation) => (operations[operation].afterUnknown as string) === 'prove',
);

/**
 * Ids of waiting writes: those not parked first, because what has parked behind an open breaker may be what keeps it open
 * (a write at which the vendor falls over, and over which everything else would wait); of these, those told longest ago
 * first (so that a canary that fails is followed by another), then by priority, then by age.
 */
export async function waitingWrites(scope: TenantScope, query: WaitingQuery): Promise<string[]> {
  const { rows } = await scope.query<{ workflow_id: string }>(
    `select workflow_id from writes
     where tenant_id = $1 and coalesce(lane, system) = $2 and state in ('backoff', 'parked') and error_class = any ($3)
       and woken_epoch < $4 and not (error_class = 'outcome_unknown' and operation = any ($5))
     order by state = 'parked', woken_epoch, array_position(array['CRITICAL', 'HIGH', 'MEDIUM', 'LOW'], priority), created_at, workflow_id
     limit $6`,
    [query.tenantId, query.lane, query.causes, query.epoch, proven, query.limit],
  );
  return rows.map((row) => row.workflow_id);
}

/** Notes that these writes were told in this epoch. */
export async function markWoken(
  scope: TenantScope,
  tenantId: TenantId,
  workflowIds: readonly string[],
  epoch: number,
): Promise<void> {
  await scope.query(
    'update writes set woken_epoch = $3 where tenant_id = $1 and workflow_id = any ($2) and woken_epoch < $3',
    [tenantId, workflowIds, epoch],
  );
}

/** One breaker as people see it. */
export interface BreakerView extends Circuit {
  lane: Lane;
  /** Writes that wait for it. */
  waiting: number;
}

/** Every breaker of a firm that has ever counted a failure. */
export async function listBreakers(pool: Pool, tenantId: TenantId): Promise<BreakerView[]> {
  return withTenant(pool, tenantId, async (scope) => {
    const { rows } = await scope.query<BreakerView>(
      `select system as lane, ${columns},
         (select count(*)::int from writes w where w.tenant_id = b.tenant_id and coalesce(w.lane, w.system) = b.system
            and w.state in ('backoff', 'parked')
            and w.error_class in ('unavailable', 'outcome_unknown', 'rate_limited')) as waiting
       from breakers b where tenant_id = $1 order by system`,
      [tenantId],
    );
    return rows;
  });
}
