/** Storing what became of an attempt, together with what it tells of the vendor's health. */
import type { Pool } from 'pg';
import { withTenant, type TenantScope } from '../db/tenant.js';
import { projectWrite, type WriteIdentity, type WriteProgress } from '../db/writes.js';
import { operations, ownLaneOf, type WriteReceipt } from '../domain/writes.js';
import type { Logger } from '../telemetry/logger.js';
import { asOutsideError } from './attempt.js';
import type { PerformWriteInput } from './contracts.js';
import { tellOfLanding } from './outgoing/write-events.js';
import { alertOfRefusal, endOfError, leave } from './vendor-health.js';
import type { Entry, GateDeps } from './write-gate.js';

export interface KeepDeps {
  pool: Pool;
  logger: Logger;
  gate: GateDeps;
}

/** Attempts with this one, and decisions so far; of a failure, whether it leaves a doubt. */
export type Standing = Pick<WriteProgress, 'attempts' | 'revision' | 'inDoubt'>;
/** What the gate said to a write that it let through. */
export type Admitted = Extract<Entry, { kind: 'open' }>;

/** The receipt and the end of the write, in one transaction. */
export async function keepReceipt(
  deps: KeepDeps,
  write: WriteIdentity,
  { circuit }: Admitted,
  at: Standing,
  receipt: WriteReceipt,
): Promise<void> {
  const { externalId, url } = receipt;
  const isNews = await scoped(deps, write, async (scope) => {
    await projectWrite(scope, write, { ...at, state: 'done', externalId, ...(url && { url }) });
    const told = await tellOfLanding(scope, write, receipt);
    await leave(deps.gate, scope, write, circuit, { answered: true });
    return told;
  });
  if (isNews) deps.gate.outbox?.nudge(write.tenantId);
}

/** Best effort: the workflow reports the failure too, and the next failure counts as well as this one. */
export async function keepFailure(
  deps: KeepDeps,
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
      if (errorClass === 'auth') await alertOfRefusal(deps.gate, scope, write);
      if (entry?.kind === 'open' && end) await leave(deps.gate, scope, write, entry.circuit, end);
    });
  } catch (err) {
    deps.logger.warn({ err }, 'what became of a failed attempt could not be stored');
  }
}

export const identityOf = ({ workflowId, request }: PerformWriteInput): WriteIdentity => ({
  tenantId: request.tenantId,
  workflowId,
  callId: request.callId,
  system: operations[request.operation].system,
  lane: ownLaneOf(request),
  operation: request.operation,
  priority: request.priority,
});

export const scoped = <T>(
  { pool }: Pick<KeepDeps, 'pool'>,
  { tenantId }: WriteIdentity,
  work: (scope: TenantScope) => Promise<T>,
): Promise<T> => withTenant(pool, tenantId, work);
