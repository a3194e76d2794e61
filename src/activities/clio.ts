/** Activities against Clio, served on its own task queue. */
import type { Pacer } from '../clients/pacer.js';
import { OutsideError } from '../domain/failures.js';
import type { TenantId } from '../domain/ids.js';
import { goesTo, type RequestOf, type WriteRequest } from '../domain/writes.js';
import { adapterFor } from './clio-adapters.js';
import { createConflictCheck } from './clio-conflicts.js';
import { openFirm, type FirmInClio } from './clio-firm.js';
import type { ConflictActivities, WriteActivities } from './contracts.js';
import { createTendActivities, type TendDeps } from './tend.js';
import type { TendActivities } from './tend-contracts.js';
import { createPerformWrite } from './perform-write.js';
import type { GateDeps } from './write-gate.js';
import { createPacer } from './write-pace.js';

export interface ClioDeps extends Omit<TendDeps, 'pacerFor'> {
  gate: GateDeps;
  /** Pause before a second look-up, milliseconds. */
  settleMs: number;
}

export function createClioActivities(deps: ClioDeps): WriteActivities & ConflictActivities & TendActivities {
  const open = (tenantId: TenantId, signal: AbortSignal, pacer?: Pacer): Promise<FirmInClio> =>
    openFirm(deps, tenantId, signal, pacer ?? pacerOf(deps, tenantId, signal));
  return {
    performWrite: createPerformWrite({
      pool: deps.pool,
      box: deps.box,
      logger: deps.logger,
      gate: deps.gate,
      settleMs: deps.settleMs,
      adapterFor: async (request, signal, pacer) =>
        adapterFor(forClio(request), await open(request.tenantId, signal, pacer)),
    }),
    checkConflicts: createConflictCheck({ logger: deps.logger, open }),
    ...createTendActivities({ ...deps, pacerFor: (tenantId, signal) => pacerOf(deps, tenantId, signal) }),
  };
}

/** For work that is no write and has taken no slot. */
function pacerOf(deps: ClioDeps, tenantId: TenantId, signal: AbortSignal): Pacer {
  const { pool, logger, gate } = deps;
  const { nowMs } = gate;
  const place = { pool, logger, tenantId, lane: 'clio', signal, nowMs, taken: undefined } as const;
  return createPacer({ ...gate.paces.clio, ...place });
}

function forClio(request: WriteRequest): RequestOf<'clio'> {
  if (goesTo('clio', request)) return request;
  throw new OutsideError('internal', `${request.operation} arrived on Clio’s queue`);
}
