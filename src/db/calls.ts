import type { Pool } from 'pg';
import { FirmProfile } from '../domain/firm.js';
import type { CallId, TenantId } from '../domain/ids.js';
import type { EndReason } from '../domain/turn.js';
import { type TenantScope, withTenant } from './tenant.js';

/** The renewals (see renewCalls) may fail for four minutes before a call that goes on is taken as over. */
const LEASE_END = "now() + interval '5 minutes'";

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
 * @param transport which the caller has come by, where that shows only now.
 */
export async function claimCall(
  pool: Pool,
  tenantId: TenantId,
  tokenHash: Buffer,
  transport?: string,
): Promise<ClaimResult> {
  return withTenant(pool, tenantId, async (scope) => {
    const claimed = await scope.query<FactsRow & { call_id: CallId; claimed_at: Date }>(
      `update calls set claimed_at = now(), live_until = ${LEASE_END}, firm = tenants.profile,
              transport = coalesce($3, transport)
         from tenants
        where calls.tenant_id = $1 and tenants.tenant_id = $1 and token_hash = $2
          and claimed_at is null and token_expires_at > now()
       returning call_id, firm, caller_id, claimed_at`,
      [tenantId, tokenHash, transport ?? null],
    );
    const row = claimed.rows[0];
    if (row) {
      const claimedAtMs = row.claimed_at.getTime();
      return { status: 'claimed', callId: row.call_id, claimedAtMs, ...factsOf(row) };
    }
    const used = await userOf(scope, tenantId, tokenHash);
    return used ? { status: 'replayed', callId: used.callId } : { status: 'unknown' };
  });
}

export interface TokenUser {
  callId: CallId;
  claimedAtMs: number;
}

/** The call that has used this token, or undefined when none has. */
export async function callOfUsedToken(
  pool: Pool,
  tenantId: TenantId,
  tokenHash: Buffer,
): Promise<TokenUser | undefined> {
  return withTenant(pool, tenantId, (scope) => userOf(scope, tenantId, tokenHash));
}

async function userOf(
  scope: TenantScope,
  tenantId: TenantId,
  tokenHash: Buffer,
): Promise<TokenUser | undefined> {
  const { rows } = await scope.query<{ call_id: CallId; claimed_at: Date }>(
    'select call_id, claimed_at from calls where tenant_id = $1 and token_hash = $2 and claimed_at is not null',
    [tenantId, tokenHash],
  );
  const row = rows[0];
  return row && { callId: row.call_id, claimedAtMs: row.claimed_at.getTime() };
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

/**
 * Vouches for calls that are on the line of this process, for the next five minutes. One that nobody vouches for any
 * more counts as dropped: the edge that had it is gone, whether or not it ever comes back.
 */
export async function renewCalls(pool: Pool, tenantId: TenantId, callIds: readonly CallId[]): Promise<void> {
  await withTenant(pool, tenantId, (scope) =>
    scope.query(
      `update calls set live_until = ${LEASE_END} where tenant_id = $1 and call_id = any($2) and ended_at is null`,
      [tenantId, callIds],
    ),
  );
}

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
