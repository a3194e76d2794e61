/** What the workflow of a breaker does: choosing canaries, and letting waiting writes go again at a ramp. */
import type { Pool } from 'pg';
import { changeCircuit, markWoken, readCircuit, waitingWrites } from '../db/breakers.js';
import { withTenant } from '../db/tenant.js';
import { rampStep, startProbe, type Circuit, type CircuitRules } from '../domain/circuit.js';
import { outageClasses, type ErrorClass } from '../domain/failures.js';
import { systemOfLane, type System } from '../domain/writes.js';
import type { BreakerActivities, BreakerScope, WakeInput, Woken } from './contracts.js';

export interface BreakerDeps {
  pool: Pool;
  rules: CircuitRules;
  /** Writes a minute that a system of a firm may be sent. */
  perMinute: (system: System) => number;
  /** Tells a waiting write to go on. @returns false when there is no such open workflow. */
  wake: (workflowId: string, wake: { causes: readonly ErrorClass[]; canary: boolean }) => Promise<boolean>;
  /** Epoch milliseconds; undefined: this machine's clock. */
  nowMs?: () => number | Promise<number>;
}

export function createBreakerActivities(deps: BreakerDeps): BreakerActivities {
  return {
    startProbe: (probe) => probeWithSomebody(deps, probe),
    wakeWaiting: (input) => wakeSome(deps, input),
  };
}

/** Tries the waiting writes in turn until one is there to be told: some may have been ended by hand. */
async function probeWithSomebody(
  deps: BreakerDeps,
  probe: BreakerScope & { epoch: number },
): Promise<Circuit> {
  const { tenantId, system: lane, epoch } = probe;
  for (;;) {
    const atMs = (await deps.nowMs?.()) ?? Date.now();
    const circuit = await withTenant(deps.pool, tenantId, async (scope) => {
      const query = { tenantId, lane, causes: outageClasses, epoch, limit: 1 };
      const [canary] = await waitingWrites(scope, query);
      if (canary !== undefined) await markWoken(scope, tenantId, [canary], epoch);
      const { after } = await changeCircuit(scope, tenantId, lane, (now) =>
        startProbe(now, { epoch, canary, atMs }, deps.rules),
      );
      return after;
    });
    const { state, canary } = circuit;
    if (state !== 'half_open' || circuit.epoch !== epoch || canary === null) return circuit;
    if (await deps.wake(canary, { causes: outageClasses, canary: true })) return circuit;
  }
}

/** Signals at once; each is a round trip of some milliseconds to Temporal. */
const CONCURRENCY = 10;

async function wakeSome(deps: BreakerDeps, input: WakeInput): Promise<Woken> {
  const { tenantId, system: lane, causes, step } = input;
  const { count: limit, waitMs } = rampStep(step, deps.perMinute(systemOfLane(lane)));
  const { circuit, waiting } = await withTenant(deps.pool, tenantId, async (scope) => {
    const found = await readCircuit(scope, tenantId, lane);
    const query = { tenantId, lane, causes, epoch: found.epoch, limit };
    return { circuit: found, waiting: found.state === 'closed' ? await waitingWrites(scope, query) : [] };
  });
  const queue = [...waiting];
  const drain = async (): Promise<void> => {
    for (let id = queue.shift(); id !== undefined; id = queue.shift())
      await deps.wake(id, { causes, canary: false });
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, drain));
  // Marked after they were told: told twice does no harm, never told does.
  await withTenant(deps.pool, tenantId, (scope) => markWoken(scope, tenantId, waiting, circuit.epoch));
  return { circuit, count: waiting.length, waitMs };
}
