/**
 * The one way a write is made, whatever the system: note the intent, look for earlier work, create, note the receipt.
 * Exactly one record comes of it although the vendor knows no idempotency and any step may be lost.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { activityInfo } from '@temporalio/activity';
import type { Pool } from 'pg';
import type { Pacer } from '../clients/pacer.js';
import { laneOf, projectWrite } from '../db/writes.js';
import { operations, type WriteRequest } from '../domain/writes.js';
import type { Logger } from '../telemetry/logger.js';
import { asFailure, asOutsideError, whileBeating } from './attempt.js';
import type { AttemptedWrite, PerformWriteInput } from './contracts.js';
import { createDecisionLog } from './decision-log.js';
import {
  identityOf,
  keepFailure,
  keepReceipt,
  scoped,
  type Admitted,
  type Standing,
} from './keep-outcome.js';
import { makeOnce, type MakeOnce, type WriteAdapter } from './make-once.js';
import type { SecretBox } from './vendor-tokens.js';
import { enter, type Comer, type Entry, type GateDeps } from './write-gate.js';
import { createPacer } from './write-pace.js';

export interface PerformWriteDeps {
  pool: Pool;
  /** Seals what an edit replaced. */
  box: Pick<SecretBox, 'seal'>;
  logger: Logger;
  /** Pause between the two look-ups, because vendors' search indexes lag. Milliseconds. */
  settleMs: number;
  gate: GateDeps;
  /** @param pacer asked before each request to the vendor. */
  adapterFor(request: WriteRequest, signal: AbortSignal, pacer: Pacer): Promise<WriteAdapter>;
}

/** @returns the `performWrite` activity of one outside system. */
export function createPerformWrite(deps: PerformWriteDeps) {
  const record = createDecisionLog(deps.pool, deps.box);
  return async (input: PerformWriteInput): Promise<AttemptedWrite> => {
    const { attempt } = activityInfo();
    const write = identityOf(input);
    const at: Standing = { attempts: input.attemptsBefore + attempt, revision: input.revision };
    return whileBeating(async (signal) => {
      let entry: Entry | undefined;
      try {
        await record(write.tenantId, input.decisions);
        entry = await scoped(deps, write, (scope) => enter(deps.gate, scope, write, comerOf(input, attempt)));
        if (entry.kind === 'held') return { held: entry, attempts: at.attempts - 1 };
        if (entry.kind === 'later') return { later: entry, attempts: at.attempts - 1 };
        await sleep(entry.slot.waitMs, undefined, { signal });
        const receipt = await makeOnce(taskOf(deps, input, entry, at, signal));
        await keepReceipt(deps, write, entry, at, receipt);
        return { receipt, attempts: at.attempts };
      } catch (error) {
        // Cancelled: not a failure of the write.
        signal.throwIfAborted();
        const failure = asOutsideError(error);
        deps.logger.warn(
          {
            err: failure,
            cause: failure.cause,
            errorClass: failure.errorClass,
            operation: write.operation,
            attempts: at.attempts,
          },
          'an attempt at a write failed',
        );
        await keepFailure(deps, write, entry, at, error);
        const rule = operations[write.operation].afterUnknown;
        throw asFailure(failure, attempt, rule, input.fastMaxMs);
      }
    });
  };
}

const comerOf = (input: PerformWriteInput, attempt: number): Comer => ({
  attempts: input.attemptsBefore + attempt,
  revision: input.revision,
  keepsPlace: (input.returning ?? false) || attempt > 1,
  isRedriven: input.redriven ?? false,
});

const taskOf = (
  deps: PerformWriteDeps,
  input: PerformWriteInput,
  { prior, inDoubt, slot }: Admitted,
  at: Standing,
  signal: AbortSignal,
): MakeOnce => ({
  key: input.request.key,
  ...{ prior, inDoubt },
  noteNothingDone: () => {
    at.inDoubt = false;
  },
  rule: operations[input.request.operation].afterUnknown,
  settleMs: deps.settleMs,
  adapter: () => {
    const write = identityOf(input);
    const { tenantId, system } = write;
    const { pool, logger, gate } = deps;
    const pace = gate.paces[system];
    const { nowMs } = gate;
    const pacer = createPacer({
      ...pace,
      pool,
      logger,
      tenantId,
      lane: laneOf(write),
      signal,
      nowMs,
      taken: slot,
    });
    return deps.adapterFor(input.request, signal, pacer);
  },
  noteUnreferenced: (externalId) => {
    const write = identityOf(input);
    return scoped(deps, write, (scope) =>
      projectWrite(scope, write, { ...at, state: 'retrying', externalId }),
    );
  },
  signal,
});
