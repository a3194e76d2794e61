/** Calls as lists and single views show them. */
import type { Pool } from 'pg';
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

/**
 * A call that its edge no longer vouches for has ended as dropped, until its intake knows better. The hour is for calls
 * claimed by an edge of before there was a lease.
 */
const callView = `
  select c.tenant_id, c.call_id as "callId", c.transport, c.created_at, c.claimed_at as "claimedAt",
         coalesce(c.ended_at, gone.at) as "endedAt",
         coalesce(c.end_reason, case when gone.at is not null then 'dropped' end) as "endReason", i.disposition,
         to_char(c.created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "createdAt",
         case when c.ended_at is not null or gone.at is not null then 'ended' when c.claimed_at is not null then 'live'
              when c.token_expires_at > now() then 'waiting' else 'expired' end as state
    from calls c left join intakes i using (tenant_id, call_id)
    left join lateral (select coalesce(c.live_until, c.claimed_at + interval '1 hour') as at) gone
      on c.ended_at is null and gone.at <= now()`;
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
