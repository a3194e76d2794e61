import type { Pool } from 'pg';
import { type CallFacts, factsOfCall } from '../db/calls.js';
import type { CallId, TenantId } from '../domain/ids.js';

/** What each call began with. Remembered, so that handing turns over needs no database. */
export interface CallFirms {
  remember(callId: CallId, facts: CallFacts): void;
  /** @throws Error when the call was never claimed, or the driver's error when the database is away. */
  of(tenantId: TenantId, callId: CallId): Promise<CallFacts>;
}

/** Far more than one process has on the line; the oldest are looked up again should they come back. */
const REMEMBERED = 2_000;

export function createCallFirms(pool: Pool): CallFirms {
  const calls = new Map<CallId, CallFacts>();
  const remember = (callId: CallId, facts: CallFacts): void => {
    calls.set(callId, facts);
    const oldest = calls.size > REMEMBERED ? calls.keys().next().value : undefined;
    if (oldest !== undefined) calls.delete(oldest);
  };
  return {
    remember,
    async of(tenantId, callId) {
      const known = calls.get(callId) ?? (await factsOfCall(pool, tenantId, callId));
      if (!known) throw new Error('the call was never claimed');
      remember(callId, known);
      return known;
    },
  };
}
