/** Activities against Clio, served on its own task queue. */
import type { Pool } from 'pg';
import { createClioClient } from '../clients/clio/client.js';
import type { Pacer } from '../clients/pacer.js';
import { OutsideError } from '../domain/failures.js';
import type { TenantId } from '../domain/ids.js';
import { goesTo, type RequestOf, type WriteRequest } from '../domain/writes.js';
import type { Logger } from '../telemetry/logger.js';
import { adapterFor } from './clio-adapters.js';
import { createConflictCheck } from './clio-conflicts.js';
import type { FirmInClio } from './clio-fields.js';
import type { ConflictActivities, WriteActivities } from './contracts.js';
import { createPerformWrite } from './perform-write.js';
import type { GateDeps } from './write-gate.js';
import { createPacer } from './write-pace.js';
import { clioTokens, type ClioTokenDeps } from './clio-tokens.js';
import type { SecretBox } from './vendor-tokens.js';

export interface ClioDeps {
  pool: Pool;
  box: SecretBox;
  logger: Logger;
  places: ClioTokenDeps['places'];
  gate: GateDeps;
  /** Longest wait for one answer, milliseconds. */
  timeoutMs: number;
  /** Pause before a second look-up, milliseconds. */
  settleMs: number;
}

export function createClioActivities(deps: ClioDeps): WriteActivities & ConflictActivities {
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
  };
}

/** For work that is no write and has taken no slot: the conflict check. */
function pacerOf(deps: ClioDeps, tenantId: TenantId, signal: AbortSignal): Pacer {
  const { pool, logger, gate } = deps;
  const { nowMs } = gate;
  const place = { pool, logger, tenantId, system: 'clio', signal, nowMs, taken: undefined } as const;
  return createPacer({ ...gate.paces.clio, ...place });
}

async function openFirm(
  deps: ClioDeps,
  tenantId: TenantId,
  signal: AbortSignal,
  pacer: Pacer,
): Promise<FirmInClio> {
  const { pool, timeoutMs } = deps;
  const { connection, tokens } = await clioTokens(deps, tenantId, signal);
  const clio = createClioClient({ baseUrl: connection.baseUrl, tokens, timeoutMs, signal, pacer });
  return { pool, tenantId, clio, settings: connection.settings };
}

function forClio(request: WriteRequest): RequestOf<'clio'> {
  if (goesTo('clio', request)) return request;
  throw new OutsideError('internal', `${request.operation} arrived on Clio’s queue`);
}
