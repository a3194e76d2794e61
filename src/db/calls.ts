import type { Pool } from 'pg';
import { FirmProfile } from '../domain/firm.js';
import type { CallId, TenantId } from '../domain/ids.js';
import type { EndReason } from '../domain/turn.js';
import { withTenant } from './tenant.js';

/** Where a call stands: its token not yet used, used up by time, being talked on, or over. */
export const callStates = ['waiting', 'expired', 'live', 'ended'] as const;
export type CallState = (typeof callStates)[number];

export interface CallRow {
  callId: CallId;
  transport: string;
  state: CallState;
  /** ISO 8601 with microseconds, so that it can serve as a cursor. */
  createdAt: string;
  claimedAt: Date | null;
  endedAt: Date | null;
  endReason: EndReason | null;
  /** How the call ended for the firm, once the intake is written. */
  disposition: string | null;
}

export interface NewCall {
  tenantId: TenantId;
  callId: CallId;
  transport: string;
  /** SHA-256 of the session token; the token itself is never stored. */
  tokenHash: Buffer;
  tokenExpiresAtMs: number;
  /** The line it comes from, E.164, when that is known. */
  callerIdE164?: string | undefined;
}

/** Writes down a call that a caller may claim. @throws pg error 23503 when the tenant does not exist. */
export async function createCall(pool: Pool, call: NewCall): Promise<void> {
  await withTenant(pool, call.tenantId, (scope) =>
    scope.query(
      `insert into calls (tenant_id, call_id, transport, token_hash, token_expires_at, caller_id)
       values ($1, $2, $3, $4, $5, $6)`,
      [
        call.tenantId,
        call.callId,
        call.transport,
        call.tokenHash,
        new Date(call.tokenExpiresAtMs),
        call.callerIdE164 ?? null,
      ],
    ),
  );
}

/** What was fixed about a call when it began. */
export interface CallFacts {
  firm: FirmProfile;
  /** The line it comes from, E.164. */
  callerIdE164?: string;
}

export type ClaimResult =
  | ({ status: 'claimed'; callId: CallId; claimedAtMs: number } & CallFacts)
  /** The token was right but this call has already used it. */
  | { status: 'replayed'; callId: CallId }
  /** No such token for this tenant, or its time is up. */
  | { status: 'unknown' };

/**
 * Claims the call a token belongs to, at most once, and keeps the firm's profile as it is now with the call. Of two
 * claims at the same moment exactly one wins: the update re-checks `claimed_at` on the row it locked.
 */
export async function claimCall(pool: Pool, tenantId: TenantId, tokenHash: Buffer): Promise<ClaimResult> {
  return withTenant(pool, tenantId, async (scope) => {
    const claimed = await scope.query<FactsRow & { call_id: CallId; claimed_at: Date }>(
      `update calls set claimed_at = now(), firm = tenants.profile
         from tenants
        where calls.tenant_id = $1 and tenants.tenant_id = $1 and token_hash = $2
          and claimed_at is null and token_expires_at > now()
       returning call_id, firm, caller_id, claimed_at`,
      [tenantId, tokenHash],
    );
    const row = claimed.rows[0];
    if (row) {
      const claimedAtMs = row.claimed_at.getTime();
      return { status: 'claimed', callId: row.call_id, claimedAtMs, ...factsOf(row) };
    }
    const used = await scope.query<{ call_id: CallId }>(
      'select call_id from calls where tenant_id = $1 and token_hash = $2 and claimed_at is not null',
      [tenantId, tokenHash],
    );
    const callId = used.rows[0]?.call_id;
    return callId === undefined ? { status: 'unknown' } : { status: 'replayed', callId };
  });
}

/** What the call began with, or undefined when it was never claimed. */
export async function factsOfCall(
  pool: Pool,
  tenantId: TenantId,
  callId: CallId,
): Promise<CallFacts | undefined> {
  return withTenant(pool, tenantId, async (scope) => {
    const { rows } = await scope.query<FactsRow>(
      'select firm, caller_id from calls where tenant_id = $1 and call_id = $2 and firm is not null',
      [tenantId, callId],
    );
    return rows[0] && factsOf(rows[0]);
  });
}

interface FactsRow {
  firm: unknown;
  caller_id: string | null;
}
const factsOf = ({ firm, caller_id }: FactsRow): CallFacts => ({
  firm: FirmProfile.parse(firm),
  ...(caller_id !== null && { callerIdE164: caller_id }),
});

/** Notes that a call is over; the first reason stands. */
export async function endCall(
  pool: Pool,
  tenantId: TenantId,
  callId: CallId,
  end: { reason: EndReason; atMs: number },
): Promise<void> {
  await withTenant(pool, tenantId, (scope) =>
    scope.query(
      `update calls set ended_at = $3, end_reason = $4 where tenant_id = $1 and call_id = $2 and ended_at is null`,
      [tenantId, callId, new Date(end.atMs), end.reason],
    ),
  );
}

const callView = `
  select c.tenant_id, c.call_id as "callId", c.transport, c.created_at, c.claimed_at as "claimedAt",
         c.ended_at as "endedAt", c.end_reason as "endReason", i.disposition,
         to_char(c.created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "createdAt",
         case when c.ended_at is not null then 'ended' when c.claimed_at is not null then 'live'
              when c.token_expires_at > now() then 'waiting' else 'expired' end as state
    from calls c left join intakes i using (tenant_id, call_id)`;
const callColumns =
  '"callId", transport, state, "createdAt", "claimedAt", "endedAt", "endReason", disposition';

export interface CallQuery {
  fromMs?: number | undefined;
  toMs?: number | undefined;
  state?: CallState | undefined;
  /** Rows after this one in the order newest first. */
  after?: { createdAt: string; callId: string } | undefined;
  limit: number;
}

/** Calls, newest first. */
export async function listCalls(pool: Pool, tenantId: TenantId, query: CallQuery): Promise<CallRow[]> {
  return withTenant(pool, tenantId, async (scope) => {
    const { rows } = await scope.query<CallRow>(
      `select ${callColumns} from (${callView}) v
        where tenant_id = $1
          and ($2::timestamptz is null or created_at >= $2)
          and ($3::timestamptz is null or created_at < $3)
          and ($4::text is null or state = $4)
          and ($5::timestamptz is null or (created_at, "callId") < ($5, $6))
        order by created_at desc, "callId" desc limit $7`,
      [
        tenantId,
        dateOrNull(query.fromMs),
        dateOrNull(query.toMs),
        query.state ?? null,
        query.after?.createdAt ?? null,
        query.after?.callId ?? null,
        query.limit,
      ],
    );
    return rows;
  });
}

/** One call, or undefined when the tenant has no such call. */
export async function findCall(pool: Pool, tenantId: TenantId, callId: CallId): Promise<CallRow | undefined> {
  return withTenant(pool, tenantId, async (scope) => {
    const { rows } = await scope.query<CallRow>(
      `select ${callColumns} from (${callView}) v where tenant_id = $1 and "callId" = $2`,
      [tenantId, callId],
    );
    return rows[0];
  });
}

const dateOrNull = (ms: number | undefined): Date | null => (ms === undefined ? null : new Date(ms));
