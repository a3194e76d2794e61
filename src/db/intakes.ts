/** The intake each call produced, and where its workflow stands. */
import type { IntakeRecord } from '../domain/intake.js';
import type { TenantScope } from './tenant.js';

/** Phases of the intake workflow that reach the table. */
export type StoredPhase = 'writing' | 'done';

export interface IntakeRow {
  callId: string;
  phase: StoredPhase;
  disposition: string | null;
  record: IntakeRecord;
  updatedAt: Date;
}

/**
 * Stores an intake and marks its call as ended. A finished intake is never replaced: a second run of the same call
 * (late turns, a reset) must not blank what the first one gathered.
 */
export async function saveIntake(
  scope: TenantScope,
  phase: StoredPhase,
  record: IntakeRecord,
): Promise<void> {
  await scope.query(
    `insert into intakes as i (tenant_id, call_id, phase, disposition, record) values ($1, $2, $3, $4, $5)
     on conflict (tenant_id, call_id) do update
       set phase = excluded.phase, disposition = excluded.disposition, record = excluded.record, updated_at = now()
     where i.phase <> 'done'`,
    [record.tenantId, record.callId, phase, record.disposition, JSON.stringify(record)],
  );
  await scope.query(
    `update calls set ended_at = coalesce(ended_at, to_timestamp($3::float8 / 1000)),
                      end_reason = coalesce(end_reason, $4)
     where tenant_id = $1 and call_id = $2`,
    [record.tenantId, record.callId, record.endedAtMs, record.endReason],
  );
}

/** The intake of a call, or undefined while the call is on or unknown. */
export async function readIntake(
  scope: TenantScope,
  tenantId: string,
  callId: string,
): Promise<IntakeRow | undefined> {
  const { rows } = await scope.query<IntakeRow>(
    `select call_id as "callId", phase, disposition, record, updated_at as "updatedAt"
     from intakes where tenant_id = $1 and call_id = $2`,
    [tenantId, callId],
  );
  return rows[0];
}
