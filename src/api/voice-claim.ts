import type { Pool } from 'pg';
import { callOfUsedToken, claimCall } from '../db/calls.js';
import type { FirmProfile } from '../domain/firm.js';
import type { ConversationAgent } from '../voice/session/agent-port.js';
import type { CallRegistry } from '../voice/session/registry.js';
import type { Claim } from '../voice/transports/transport-deps.js';
import type { CallFirms } from './call-firms.js';
import { parseSessionToken, type SessionToken } from './session-token.js';

export interface ClaimDeps {
  pool: Pool;
  registry: Pick<CallRegistry, 'hasRoom' | 'isAway'>;
  firms: CallFirms;
  agentFor: (firm: FirmProfile) => ConversationAgent;
}

/**
 * Turns a session token into a call, once, and again for a caller whose line broke. A full house is told before the token
 * is used up, so that the caller can try again with it; who comes back has their place still.
 * @returns a function that rejects with the driver's error when the database is away.
 */
export function createClaim({
  pool,
  registry,
  firms,
  agentFor,
}: ClaimDeps): (token: string, transport?: string) => Promise<Claim> {
  const comesBack = async ({ tenantId, hash }: SessionToken): Promise<Claim | undefined> => {
    const user = await callOfUsedToken(pool, tenantId, hash);
    if (!user || !registry.isAway(user.callId)) return undefined;
    const { callId, claimedAtMs } = user;
    const { firm } = await firms.of(tenantId, callId);
    const header = { tenantId, callId, startedAtMs: claimedAtMs };
    return { ok: true, header, agent: agentFor(firm), back: true };
  };
  return async (token, transport) => {
    const parsed = parseSessionToken(token);
    if (!parsed) return { ok: false, why: 'bad_token' };
    const back = registry.isAway() ? await comesBack(parsed) : undefined;
    if (back) return back;
    if (!registry.hasRoom) return { ok: false, why: 'busy' };
    const claim = await claimCall(pool, parsed.tenantId, parsed.hash, transport);
    if (claim.status !== 'claimed')
      return { ok: false, why: claim.status === 'replayed' ? 'replayed_token' : 'bad_token' };
    const { callId, firm, callerIdE164, claimedAtMs } = claim;
    firms.remember(callId, { firm, ...(callerIdE164 !== undefined && { callerIdE164 }) });
    return {
      ok: true,
      header: { tenantId: parsed.tenantId, callId, startedAtMs: claimedAtMs },
      agent: agentFor(firm),
    };
  };
}
