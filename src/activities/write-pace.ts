/** Slots for requests to a vendor: taken before its rate limit is reached, over all workers. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { Pacer } from '../clients/pacer.js';
import { changeRate } from '../db/rate-slots.js';
import { withTenant, type TenantScope } from '../db/tenant.js';
import { OutsideError } from '../domain/failures.js';
import type { TenantId } from '../domain/ids.js';
import { holdUntil, paceOf, reserve, type Ask, type PaceRule, type Slot } from '../domain/pace.js';
import type { Lane } from '../domain/writes.js';
import type { Logger } from '../telemetry/logger.js';

export interface PaceDeps {
  rule: PaceRule;
  /** Requests one write takes when all goes well and nothing is looked up; later ones of a paced client count by themselves. */
  requests: number;
}

/** Work that nobody waits for gives way at once; somebody hears of urgent work within seconds. Milliseconds. */
export const patience = { live: 250, urgent: 2_000, kept: 5_000, none: 0 } as const;

/** Further requests of a write that is being made: giving up would cost it an attempt. Under the activity's minute. */
const NEXT_REQUEST_MS = 20_000;

/** A slot, and the limit the vendor last told. */
export interface TakenSlot extends Slot {
  vendorLimit: number | null;
}

/** Takes a slot in the caller's transaction. */
export const takeSlot = (
  scope: TenantScope,
  { rule }: PaceDeps,
  place: { tenantId: TenantId; lane: Lane; nowMs: number | undefined },
  ask: Omit<Ask, 'nowMs'>,
): Promise<TakenSlot> =>
  changeRate(scope, place, (row) => {
    // A vendor that allows less than we were told is believed; one that allows more may say otherwise tomorrow.
    const perMinute = Math.min(rule.perMinute, row.vendorLimit ?? rule.perMinute);
    const { slot, state } = reserve(row, { ...ask, nowMs: row.nowMs }, paceOf({ ...rule, perMinute }));
    return { state, result: { ...slot, vendorLimit: row.vendorLimit } };
  });

export interface PacerDeps extends PaceDeps {
  pool: Pool;
  logger: Logger;
  tenantId: TenantId;
  lane: Lane;
  signal: AbortSignal;
  /** Epoch milliseconds; undefined: the database's clock. */
  nowMs: (() => number | Promise<number>) | undefined;
  /** The slot that has been taken already, for the first requests. */
  taken: TakenSlot | undefined;
}

/** For the requests of one activity. */
export function createPacer(deps: PacerDeps): Pacer {
  const { pool, logger, tenantId, lane, rule, signal } = deps;
  let prepaid = deps.taken ? deps.requests : 0;
  let knownLimit = deps.taken?.vendorLimit ?? null;
  const place = async () => ({ tenantId, lane, nowMs: await deps.nowMs?.() });
  return {
    before: async () => {
      if (prepaid > 0) {
        prepaid -= 1;
        return;
      }
      const at = await place();
      const ask = { requests: 1, patienceMs: NEXT_REQUEST_MS, claim: 'kept', expected: 1 } as const;
      const slot = await withTenant(pool, tenantId, (scope) => takeSlot(scope, deps, at, ask));
      knownLimit = slot.vendorLimit;
      if (slot.kind === 'later')
        throw new OutsideError('rate_limited', `our own pace for ${lane}: no slot soon`, slot.waitMs);
      await sleep(slot.waitMs, undefined, { signal });
    },
    after: async ({ limit, blockedMs }) => {
      // Nothing to learn: the usual case costs no query.
      const isNews = limit !== undefined && limit > 0 && limit !== (knownLimit ?? rule.perMinute);
      if (blockedMs === undefined && !isNews) return;
      const at = await place();
      await withTenant(pool, tenantId, (scope) =>
        changeRate(scope, at, (row) => ({
          state: blockedMs === undefined ? row : holdUntil(row, row.nowMs + blockedMs, paceOf(rule)),
          ...(isNews && { vendorLimit: limit }),
          result: undefined,
        })),
      ).catch((err: unknown) => logger.warn({ err, system: lane }, 'a vendor’s limits could not be stored'));
    },
  };
}
