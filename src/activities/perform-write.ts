/**
 * The one way a write is made, whatever the system: note the intent, look for earlier work, create, note the receipt.
 * Exactly one record comes of it although the vendor knows no idempotency and any step may be lost.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { activityInfo } from '@temporalio/activity';
import type { Pool } from 'pg';
import { withTenant, type TenantScope } from '../db/tenant.js';
import { beginWrite, projectWrite, type WriteIdentity, type WriteProgress } from '../db/writes.js';
import { OutsideError } from '../domain/failures.js';
import { operations, type WriteReceipt, type WriteRequest } from '../domain/writes.js';
import type { Logger } from '../telemetry/logger.js';
import { asFailure, asOutsideError, whileBeating } from './attempt.js';
import { recordDecisions } from './decision-log.js';
import type { SecretBox } from './vendor-tokens.js';
import type { PerformedWrite, PerformWriteInput } from './contracts.js';

/** A record in the outside system. */
export interface Landed {
  externalId: string;
  url?: string;
}

/** How one request is found and made in one outside system. All may throw OutsideError. */
export interface WriteAdapter {
  /** The record an earlier attempt made, found by our reference. */
  find(): Promise<Landed | undefined>;
  /** `referenced` is false when the vendor dropped our reference: the record could not be found again. */
  create(): Promise<Landed & { referenced: boolean }>;
  /** Whether a record that was once made without our reference carries it by now. */
  carriesReference(externalId: string): Promise<boolean>;
}

export interface PerformWriteDeps {
  pool: Pool;
  /** Seals what an edit replaced. */
  box: Pick<SecretBox, 'seal'>;
  logger: Logger;
  /** Pause between the two look-ups, because vendors' search indexes lag. Milliseconds. */
  settleMs: number;
  adapterFor(request: WriteRequest, signal: AbortSignal): Promise<WriteAdapter>;
}

/** @returns the `performWrite` activity of one outside system. */
export function createPerformWrite(deps: PerformWriteDeps) {
  return async (input: PerformWriteInput): Promise<PerformedWrite> => {
    const { attempt } = activityInfo();
    const attempts = input.attemptsBefore + attempt;
    const write = identityOf(input);
    const report = (progress: Partial<WriteProgress>): Promise<void> =>
      scoped(deps, write, (scope) =>
        projectWrite(scope, write, { state: 'retrying', attempts, revision: input.revision, ...progress }),
      );
    return whileBeating(async (signal) => {
      try {
        const receipt = await makeOnce(deps, input, attempts, report, signal);
        await report({
          state: 'done',
          externalId: receipt.externalId,
          ...(receipt.url && { url: receipt.url }),
        });
        return { receipt, attempts };
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
            attempts,
          },
          'an attempt at a write failed',
        );
        await report({ errorClass: failure.errorClass, errorMessage: failure.message }).catch(
          (err: unknown) =>
            deps.logger.warn({ err }, 'the projection of a failed attempt could not be updated'),
        );
        const rule = operations[write.operation].afterUnknown;
        throw asFailure(failure, attempt, rule, input.fastMaxMs);
      }
    });
  };
}

async function makeOnce(
  deps: PerformWriteDeps,
  input: PerformWriteInput,
  attempts: number,
  report: (progress: Partial<WriteProgress>) => Promise<void>,
  signal: AbortSignal,
): Promise<WriteReceipt> {
  const write = identityOf(input);
  const prior = await scoped(deps, write, async (scope) => {
    const left = await beginWrite(scope, write, { attempts, revision: input.revision });
    await recordDecisions(scope, deps.box, input.decisions);
    return left;
  });
  // A reset or a second run of the intake: the table remembers longer than Temporal does.
  if (prior?.state === 'done' && prior.externalId !== null)
    return receiptOf(
      { externalId: prior.externalId, ...(prior.url !== null && { url: prior.url }) },
      'found',
    );
  const adapter = await deps.adapterFor(input.request, signal);
  if (prior && prior.externalId !== null) return adopt(adapter, prior.externalId, input.request.key);
  if (prior !== undefined || input.lookFirst || attempts > 1) {
    const found = (await adapter.find()) ?? (await findAfterPause(deps, adapter, signal));
    if (found) return receiptOf(found, 'found');
  }
  const { referenced, ...created } = await adapter.create();
  if (referenced) return receiptOf(created, 'created');
  await report({ externalId: created.externalId });
  throw lostReference(created.externalId, input.request.key);
}

async function findAfterPause(deps: PerformWriteDeps, adapter: WriteAdapter, signal: AbortSignal) {
  await sleep(deps.settleMs, undefined, { signal });
  return adapter.find();
}

/** A record made earlier without our reference: good once a person has put the reference in, never made again. */
async function adopt(adapter: WriteAdapter, externalId: string, key: string): Promise<WriteReceipt> {
  if (!(await adapter.carriesReference(externalId))) throw lostReference(externalId, key);
  return receiptOf({ externalId }, 'found');
}

const lostReference = (externalId: string, key: string): OutsideError =>
  new OutsideError(
    'conflict',
    `record ${externalId} was made but our reference was dropped: enter ${key} there by hand, then retry`,
  );

const receiptOf = (landed: Landed, landedBy: WriteReceipt['landedBy']): WriteReceipt => ({
  ...landed,
  landedBy,
  atMs: Date.now(),
});

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
