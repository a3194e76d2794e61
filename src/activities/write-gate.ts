/** What stands between a write and its vendor: the breaker that holds writes back while the vendor is silent. */
import { changeCircuit, holdWrite, readCircuit } from '../db/breakers.js';
import type { TenantScope } from '../db/tenant.js';
import { beginWrite, type PriorWrite, type WriteIdentity, type WriteProgress } from '../db/writes.js';
import { admits, afterAttempt, endOf, isOverdue, type AttemptEnd, type Circuit } from '../domain/circuit.js';
import type { CircuitRules } from '../domain/circuit.js';
import { OutsideError } from '../domain/failures.js';
import type { TenantId } from '../domain/ids.js';
import type { System } from '../domain/writes.js';
import type { Logger } from '../telemetry/logger.js';

/** How the workflow that conducts a breaker is told. Both may come twice. */
export interface BreakerLine {
  /** It opened, or its canary failed. Starts the workflow when there is none. */
  opened(tenantId: TenantId, system: System, at: { epoch: number; waitMs: number }): Promise<void>;
  /** Its canary was answered. */
  closed(tenantId: TenantId, system: System, at: { epoch: number }): Promise<void>;
}

export interface GateDeps {
  logger: Logger;
  rules: CircuitRules;
  line: BreakerLine;
  /** Epoch milliseconds. */
  nowMs: () => number | Promise<number>;
}

/** Let through, with what an earlier attempt left; or held back. */
export type Entry =
  { kind: 'open'; circuit: Circuit; prior: PriorWrite | undefined } | { kind: 'held'; sinceMs: number };

/**
 * Notes the intent of an attempt, unless the breaker holds the write back. In one transaction of the caller's.
 * @param at attempts with this one, and the revision.
 */
export async function enter(
  deps: GateDeps,
  scope: TenantScope,
  write: WriteIdentity,
  at: Pick<WriteProgress, 'attempts' | 'revision'>,
): Promise<Entry> {
  const { tenantId, system, workflowId } = write;
  const circuit = await readCircuit(scope, tenantId, system);
  if (admits(circuit, workflowId))
    return { kind: 'open', circuit, prior: await beginWrite(scope, write, at) };
  const nowMs = await deps.nowMs();
  await holdWrite(scope, write, {
    attempts: at.attempts - 1,
    revision: at.revision,
    errorMessage: heldMessage(system),
    ...(circuit.probeAtMs !== null && { nextAttemptAtMs: circuit.probeAtMs }),
  });
  if (isOverdue(circuit, nowMs)) await deps.line.opened(tenantId, system, circuit);
  return { kind: 'held', sinceMs: circuit.openedAtMs ?? nowMs };
}

/** For people; says nothing of the payload. */
export const heldMessage = (system: System): string =>
  `held back while ${system} does not answer; goes on by itself when it does`;

/** What an error tells of the vendor; undefined when it tells nothing (our own database was away, a defect of ours). */
export const endOfError = (error: unknown): AttemptEnd | undefined =>
  error instanceof OutsideError ? endOf(error.errorClass) : undefined;

/** Takes note of how an attempt ended. In the transaction of the caller's that stores what became of the write. */
export async function leave(
  deps: GateDeps,
  scope: TenantScope,
  write: WriteIdentity,
  circuit: Circuit,
  end: AttemptEnd,
): Promise<void> {
  // The usual case: the vendor answers, and nobody has counted a failure.
  if (end.answered && circuit.failures === 0) return;
  const { tenantId, system, workflowId } = write;
  const atMs = await deps.nowMs();
  const { before, after } = await changeCircuit(scope, tenantId, system, (now) =>
    afterAttempt(now, { workflowId, end, atMs }, deps.rules),
  );
  if (after.state === before.state) return;
  const { epoch, cause } = after;
  // Told before the change is committed: an open breaker whose workflow knows nothing would stay open.
  if (after.state === 'open') {
    await deps.line.opened(tenantId, system, after);
    if (before.state === 'closed')
      deps.logger.error(
        { event: 'breaker_opened', tenantId, system, epoch, cause },
        'an outside system does not answer: its writes wait until it does',
      );
    return;
  }
  await deps.line.closed(tenantId, system, after);
  const silentMs = before.openedAtMs === null ? null : atMs - before.openedAtMs;
  deps.logger.info(
    { event: 'breaker_closed', tenantId, system, epoch, silentMs },
    'an outside system answers again: its writes go on',
  );
}
