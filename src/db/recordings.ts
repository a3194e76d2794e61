import type { Pool } from 'pg';
import type { CallId, TenantId } from '../domain/ids.js';
import type { RecordingConsent } from '../domain/recording.js';
import { type TenantScope, withTenant } from './tenant.js';

/** `incomplete`: what is there is whole, but the end is missing. `deleted`: nothing is kept but this row. */
export type RecordingState = 'recording' | 'stored' | 'incomplete' | 'deleted';

export interface BegunRecording {
  tenantId: TenantId;
  callId: CallId;
  startedAtMs: number;
  consent: RecordingConsent;
}

export interface StoredRecording extends BegunRecording {
  state: 'stored' | 'incomplete';
  durationMs: number;
  bytes: number;
  store: string;
}

export interface RecordingRow {
  state: RecordingState;
  startedAt: Date | null;
  consentTurn: number | null;
  consentAt: Date | null;
  durationMs: number | null;
  store: string | null;
}

type Action = 'began' | 'stored' | 'incomplete' | 'heard' | 'deleted';

const addEvent = (scope: TenantScope, at: [TenantId, CallId], action: Action, actor: string) =>
  scope.query('insert into recording_events (tenant_id, call_id, action, actor) values ($1, $2, $3, $4)', [
    ...at,
    action,
    actor,
  ]);

/** Notes that a call is being recorded. What is known of it already stands. */
export async function noteRecordingBegan(pool: Pool, recording: BegunRecording): Promise<void> {
  const { tenantId, callId, startedAtMs, consent } = recording;
  await withTenant(pool, tenantId, async (scope) => {
    const { rowCount } = await scope.query(
      `insert into recordings (tenant_id, call_id, state, started_at, consent_turn, consent_at)
       values ($1, $2, 'recording', $3, $4, $5) on conflict do nothing`,
      [tenantId, callId, new Date(startedAtMs), consent.turn, new Date(consent.atMs)],
    );
    if (rowCount) await addEvent(scope, [tenantId, callId], 'began', 'caller');
  });
}

/**
 * Notes that a recording is in its store.
 * @returns false when it has been deleted meanwhile: that stands, and the store must not keep it.
 */
export async function noteRecordingStored(pool: Pool, recording: StoredRecording): Promise<boolean> {
  const { tenantId, callId, startedAtMs, consent, state, durationMs, bytes, store } = recording;
  return withTenant(pool, tenantId, async (scope) => {
    const { rowCount } = await scope.query(
      `insert into recordings as known
         (tenant_id, call_id, state, started_at, consent_turn, consent_at, duration_ms, bytes, store)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
       on conflict (tenant_id, call_id) do update
          set state = excluded.state, duration_ms = excluded.duration_ms, bytes = excluded.bytes,
              store = excluded.store, updated_at = now()
        where known.state <> 'deleted'`,
      [
        ...[tenantId, callId, state, new Date(startedAtMs), consent.turn, new Date(consent.atMs)],
        ...[durationMs, bytes, store],
      ],
    );
    if (rowCount) await addEvent(scope, [tenantId, callId], state, 'edge');
    return rowCount === 1;
  });
}

/** Notes that nothing of a recording is kept any more; no later note changes that. @param by who wanted it. */
export async function noteRecordingDeleted(
  pool: Pool,
  tenantId: TenantId,
  callId: CallId,
  by: string,
): Promise<void> {
  await withTenant(pool, tenantId, async (scope) => {
    const { rowCount } = await scope.query(
      `insert into recordings as known (tenant_id, call_id, state) values ($1, $2, 'deleted')
       on conflict (tenant_id, call_id) do update
          set state = 'deleted', duration_ms = null, bytes = null, store = null, updated_at = now()
        where known.state <> 'deleted'`,
      [tenantId, callId],
    );
    if (rowCount) await addEvent(scope, [tenantId, callId], 'deleted', by);
  });
}

/** Notes that somebody was given the sound. @param by subject of their token. */
export async function noteRecordingHeard(
  pool: Pool,
  tenantId: TenantId,
  callId: CallId,
  by: string,
): Promise<void> {
  await withTenant(pool, tenantId, (scope) => addEvent(scope, [tenantId, callId], 'heard', by));
}

/** What is known of a call's recording; undefined when it was never recorded. */
export async function findRecording(
  pool: Pool,
  tenantId: TenantId,
  callId: CallId,
): Promise<RecordingRow | undefined> {
  return withTenant(pool, tenantId, async (scope) => {
    const { rows } = await scope.query<Omit<RecordingRow, 'durationMs'> & { durationMs: string | null }>(
      `select state, started_at as "startedAt", consent_turn as "consentTurn", consent_at as "consentAt",
              duration_ms as "durationMs", store
         from recordings where tenant_id = $1 and call_id = $2`,
      [tenantId, callId],
    );
    const row = rows[0];
    return row && { ...row, durationMs: row.durationMs === null ? null : Number(row.durationMs) };
  });
}
