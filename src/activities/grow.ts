/** Activities against Clio Grow, served on its own task queue. */
import { OutsideError } from '../domain/failures.js';
import { goesTo } from '../domain/writes.js';
import type { Logger } from '../telemetry/logger.js';
import type { WriteActivities } from './contracts.js';
import { leadAdapter, type LeadDeps } from './grow/leads.js';
import { createPerformWrite } from './perform-write.js';
import type { GateDeps } from './write-gate.js';

export interface GrowDeps extends LeadDeps {
  logger: Logger;
  gate: GateDeps;
}

export function createGrowActivities(deps: GrowDeps): WriteActivities {
  return {
    performWrite: createPerformWrite({
      ...{ pool: deps.pool, box: deps.box, logger: deps.logger, gate: deps.gate },
      // What is looked up is our own table, which does not lag.
      settleMs: 0,
      adapterFor: (request, signal, pacer) => {
        if (!goesTo('grow', request))
          throw new OutsideError('internal', `${request.operation} arrived on Grow’s queue`);
        return Promise.resolve(leadAdapter(deps, request, signal, pacer));
      },
    }),
  };
}
