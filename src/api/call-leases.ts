import type { Pool } from 'pg';
import { renewCalls } from '../db/calls.js';
import type { CallId, TenantId } from '../domain/ids.js';
import type { Logger } from '../telemetry/logger.js';
import type { CallRegistry } from '../voice/session/registry.js';
import type { Claim } from '../voice/transports/transport-deps.js';

export interface CallLeases {
  /** The same claim; every call it gives is vouched for as long as it is on the line here. */
  watching(claim: (token: string) => Promise<Claim>): (token: string) => Promise<Claim>;
  close(): Promise<void>;
}

export interface CallLeasesDeps {
  pool: Pool;
  registry: Pick<CallRegistry, 'has'>;
  logger: Logger;
  /** Pause between renewals, milliseconds. Default a minute, of the five that a lease lasts. */
  everyMs?: number;
}

/** Vouches in the database for the calls of this process: should it die, they stop counting as live by themselves. */
export function keepCallLeases({ pool, registry, logger, everyMs = 60_000 }: CallLeasesDeps): CallLeases {
  const watched = new Map<CallId, TenantId>();
  /** Claimed since the last renewal: perhaps not admitted yet. */
  const fresh = new Set<CallId>();
  let renewal: Promise<void> | undefined;
  const renew = async (): Promise<void> => {
    for (const callId of watched.keys())
      if (!registry.has(callId) && !fresh.has(callId)) watched.delete(callId);
    fresh.clear();
    for (const tenantId of new Set(watched.values())) {
      const callIds = [...watched].filter(([, owner]) => owner === tenantId).map(([callId]) => callId);
      await renewCalls(pool, tenantId, callIds).catch((err: unknown) =>
        logger.warn({ err, calls: callIds.length }, 'live calls are not vouched for in the database'),
      );
    }
  };
  const timer = setInterval(() => {
    renewal ??= renew().finally(() => (renewal = undefined));
  }, everyMs);
  return {
    watching: (claim) => async (token) => {
      const answer = await claim(token);
      if (answer.ok) {
        watched.set(answer.header.callId, answer.header.tenantId);
        fresh.add(answer.header.callId);
      }
      return answer;
    },
    close: async () => {
      clearInterval(timer);
      await renewal;
    },
  };
}
