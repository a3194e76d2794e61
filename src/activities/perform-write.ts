/**
 * The one way a write is made, whatever the system: note the intent, look for earlier work, create, note the receipt.
 * Exactly one record comes of it although the vendor knows no idempotency and any step may be lost.
 */
import { activityInfo } from '@temporalio/activity';
import type { Pool } from 'pg';
import { withTenant, type TenantScope } from '../db/tenant.js';
import { projectWrite, type WriteIdentity, type WriteProgress } from '../db/writes.js';
import { operations, type WriteReceipt, type WriteRequest } from '../domain/writes.js';
import type { Logger } from '../telemetry/logger.js';
import { asFailure, asOutsideError, whileBeating } from './attempt.js';
import type { AttemptedWrite, PerformWriteInput } from './contracts.js';
import { recordDecisions } from './decision-log.js';
import { makeOnce, type MakeOnce, type WriteAdapter } from './make-once.js';
import type { SecretBox } from './vendor-tokens.js';
import { endOfError, enter, leave, type Entry, type GateDeps } from './write-gate.js';

export interface PerformWriteDeps {
  pool: Pool;
  /** Seals what an edit replaced. */
  box: Pick<SecretBox, 'seal'>;
  logger: Logger;
  /** Pause between the two look-ups, because vendors' search indexes lag. Milliseconds. */
  settleMs: number;
  gate: GateDeps;
  adapterFor(request: WriteRequest, signal: AbortSignal): Promise<WriteAdapter>;
}

/** @returns the `performWrite` activity of one outside system. */
export function createPerformWrite(deps: PerformWriteDeps) {
  return async (input: PerformWriteInput): Promise<AttemptedWrite> => {
    const { attempt } = activityInfo();
    const write = identityOf(input);
    const at = { attempts: input.attemptsBefore + attempt, revision: input.revision };
    return whileBeating(async (signal) => {
      let entry: Entry | undefined;
      try {
        entry = await scoped(deps, write, async (scope) => {
          await recordDecisions(scope, deps.box, input.decisions);
          return enter(deps.gate, scope, write, at);
        });
        if (entry.kind === 'held') return { held: entry, attempts: at.attempts - 1 };
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

type Standing = Pick<WriteProgress, 'attempts' | 'revision'>;
type Admitted = Extract<Entry, { kind: 'open' }>;

const taskOf = (
  deps: PerformWriteDeps,
  input: PerformWriteInput,
  { prior }: Admitted,
  at: Standing,
  signal: AbortSignal,
): MakeOnce => ({
  key: input.request.key,
  prior,
  lookFirst: input.lookFirst || at.attempts > 1,
  settleMs: deps.settleMs,
  adapter: () => deps.adapterFor(input.request, signal),
  noteUnreferenced: (externalId) => {
    const write = identityOf(input);
    return scoped(deps, write, (scope) =>
      projectWrite(scope, write, { ...at, state: 'retrying', externalId }),
    );
  },
  signal,
});

const keepReceipt = (
  deps: PerformWriteDeps,
  write: WriteIdentity,
  { circuit }: Admitted,
  at: Standing,
  { externalId, url }: WriteReceipt,
): Promise<void> =>
  scoped(deps, write, async (scope) => {
    await projectWrite(scope, write, { ...at, state: 'done', externalId, ...(url && { url }) });
    await leave(deps.gate, scope, write, circuit, { answered: true });
  });

/** Best effort: the workflow reports the failure too, and the next failure counts as well as this one. */
async function keepFailure(
  deps: PerformWriteDeps,
  write: WriteIdentity,
  entry: Entry | undefined,
  at: Standing,
  error: unknown,
): Promise<void> {
  const { errorClass, message: errorMessage } = asOutsideError(error);
  const end = endOfError(error);
  try {
    await scoped(deps, write, async (scope) => {
      await projectWrite(scope, write, { ...at, state: 'retrying', errorClass, errorMessage });
      if (entry?.kind === 'open' && end) await leave(deps.gate, scope, write, entry.circuit, end);
    });
  } catch (err) {
    deps.logger.warn({ err }, 'what became of a failed attempt could not be stored');
  }
}

const identityOf = ({ workflowId, request }: PerformWriteInput): WriteIdentity => ({
  tenantId: request.tenantId,
  workflowId,
  callId: request.callId,
  system: operations[request.operation].system,
  operation: request.operation,
  priority: request.priority,
});

const scoped = <T>(
  { pool }: PerformWriteDeps,
  { tenantId }: WriteIdentity,
  work: (scope: TenantScope) => Promise<T>,
): Promise<T> => withTenant(pool, tenantId, work);
