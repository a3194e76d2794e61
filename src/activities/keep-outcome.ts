/** Storing what became of an attempt, together with what it tells of the vendor's health. */
import type { Pool } from 'pg';
import { withTenant, type TenantScope } from '../db/tenant.js';
import { projectWrite, type WriteIdentity, type WriteProgress } from '../db/writes.js';
import { operations, type WriteReceipt } from '../domain/writes.js';
import type { Logger } from '../telemetry/logger.js';
import { asOutsideError } from './attempt.js';
import type { PerformWriteInput } from './contracts.js';
import { alertOfRefusal, endOfError, leave } from './vendor-health.js';
import type { Entry, GateDeps } from './write-gate.js';

export interface KeepDeps {
  pool: Pool;
  logger: Logger;
  gate: GateDeps;
}

/** Attempts with this one, and decisions so far. */
export type Standing = Pick<WriteProgress, 'attempts' | 'revision'>;
/** What the gate said to a write that it let through. */
export type Admitted = Extract<Entry, { kind: 'open' }>;

/** The receipt and the end of the write, in one transaction. */
export const keepReceipt = (
  deps: KeepDeps,
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
  operation: request.operation,
  priority: request.priority,
});

export const scoped = <T>(
  { pool }: Pick<KeepDeps, 'pool'>,
  { tenantId }: WriteIdentity,
  work: (scope: TenantScope) => Promise<T>,
): Promise<T> => withTenant(pool, tenantId, work);
