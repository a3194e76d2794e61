/** Tells the outside soon after something has happened; what is missed here is found by the sweep. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { TenantId } from '../../domain/ids.js';
import type { Logger } from '../../telemetry/logger.js';

/** Told after a transaction that noted something to tell. Never throws, and nobody waits for it. */
export interface Outbox {
  nudge(tenantId: TenantId): void;
}

/** Room for the transaction that noted it to end; what is later than that waits for the sweep. */
const COMMIT_MS = 200;

/**
 * One run at a time for each firm, a moment after the nudge, because some come from inside a transaction; a nudge that
 * comes during a run is followed by another.
 * @param empty takes up everything that waits to be told; must be safe to run twice at once, on two machines.
 */
export function createOutbox(empty: (tenantId: TenantId) => Promise<unknown>, logger: Logger): Outbox {
  const running = new Map<TenantId, { again: boolean }>();
  const run = async (tenantId: TenantId, state: { again: boolean }): Promise<void> => {
    try {
      while (state.again) {
        state.again = false;
        await sleep(COMMIT_MS, undefined, { ref: false });
        await empty(tenantId);
      }
    } catch (err) {
      logger.warn({ err, tenantId }, 'what is to be told has to wait for the sweep');
    } finally {
      running.delete(tenantId);
    }
  };
  return {
    nudge: (tenantId) => {
      const underWay = running.get(tenantId);
      if (underWay) {
        underWay.again = true;
        return;
      }
      const state = { again: true };
      running.set(tenantId, state);
      void run(tenantId, state);
    },
  };
}

/** Where nothing is told to the outside. */
export const noOutbox: Outbox = { nudge: () => undefined };
