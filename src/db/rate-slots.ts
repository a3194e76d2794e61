/** The pace of a firm's requests to one system, shared by all workers through one row. */
import type { TenantId } from '../domain/ids.js';
import type { PaceState } from '../domain/pace.js';
import type { Lane } from '../domain/writes.js';
import type { TenantScope } from './tenant.js';
import { identityColumns, identityValues, type WriteIdentity, type WriteProgress } from './writes.js';

/** The row, and the time by one clock for all workers: the database's. */
export interface RateRow extends PaceState {
  /** The limit the vendor last told, requests a minute. */
  vendorLimit: number | null;
  nowMs: number;
}

/**
 * Changes the row by `next`, one transaction at a time. Keep the transaction short: a firm's other requests wait for it.
 * @param nowMs epoch milliseconds; undefined: the database's clock.
 */
export async function changeRate<T>(
  scope: TenantScope,
  place: { tenantId: TenantId; lane: Lane; nowMs: number | undefined },
  next: (row: RateRow) => { state: PaceState; vendorLimit?: number; result: T },
): Promise<T> {
  const { tenantId, lane, nowMs } = place;
  // An upsert that changes nothing makes the row and locks it in one statement; its clock is read with the lock held.
  const { rows } = await scope.query<RateRow>(
    `insert into rate_slots as r (tenant_id, system, due_ms, booked_ms) values ($1, $2, 0, 0)
     on conflict (tenant_id, system) do update set updated_at = r.updated_at
     returning due_ms as "dueMs", booked_ms as "bookedMs", vendor_limit as "vendorLimit",
       coalesce($3::float8, extract(epoch from clock_timestamp())::float8 * 1000) as "nowMs"`,
    [tenantId, lane, nowMs],
  );
  const [row] = rows;
  if (!row) throw new Error('an upsert returned no row');
  const { state, vendorLimit, result } = next(row);
  await scope.query(
    `update rate_slots set due_ms = $3, booked_ms = $4, vendor_limit = coalesce($5, vendor_limit), updated_at = now()
     where tenant_id = $1 and system = $2`,
    [tenantId, lane, state.dueMs, state.bookedMs, vendorLimit],
  );
  return result;
}

/** Notes when a write comes back for its slot. It stays what it was: waiting for a slot is part of making it. */
export async function bookWrite(
  scope: TenantScope,
  write: WriteIdentity,
  at: Pick<WriteProgress, 'attempts' | 'revision' | 'nextAttemptAtMs'>,
): Promise<void> {
  await scope.query(
    `insert into writes as w (${identityColumns}, state, attempts, revision,
                              next_attempt_at)
     values ($1, $2, $3, $4, $5, $6, $7, 'running', $8, $9, to_timestamp($10::float8 / 1000))
     on conflict (tenant_id, workflow_id) do update set
       state = 'retrying', revision = excluded.revision, parked_at = null,
       next_attempt_at = excluded.next_attempt_at, updated_at = now()
     where w.state <> 'done'`,
    [...identityValues(write), at.attempts, at.revision, at.nextAttemptAtMs],
  );
}
