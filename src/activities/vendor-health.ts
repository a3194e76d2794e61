/** How attempts tell of a vendor's health: counting those without an answer, opening and closing its breaker. */
import { raiseAlert, resolveAlert, type Alert } from '../db/alerts.js';
import { changeCircuit } from '../db/breakers.js';
import type { TenantScope } from '../db/tenant.js';
import { laneOf, type WriteIdentity } from '../db/writes.js';
import { afterAttempt, endOf, type AttemptEnd, type Circuit, type CircuitRules } from '../domain/circuit.js';
import { OutsideError } from '../domain/failures.js';
import type { TenantId } from '../domain/ids.js';
import { isOutgoing, systemOfLane, type Lane } from '../domain/writes.js';
import type { Logger } from '../telemetry/logger.js';
import type { AlertPort } from './alerts.js';

/** How the workflow that conducts a breaker is told. Both may come twice. */
export interface BreakerLine {
  /** It opened, or its canary failed. Starts the workflow when there is none. */
  opened(tenantId: TenantId, lane: Lane, at: { epoch: number; waitMs: number }): Promise<void>;
  /** Its canary was answered. */
  closed(tenantId: TenantId, lane: Lane, at: { epoch: number }): Promise<void>;
}

export interface HealthDeps {
  logger: Logger;
  alerts: AlertPort;
  rules: CircuitRules;
  line: BreakerLine;
  /** Epoch milliseconds. Undefined: this machine's clock, and the database's for the pace. */
  nowMs?: () => number | Promise<number>;
}

export const now = ({ nowMs }: Pick<HealthDeps, 'nowMs'>): number | Promise<number> =>
  nowMs?.() ?? Date.now();

/** One for all the writes that park for the same want of credentials; connecting the system anew ends it. */
export async function alertOfRefusal(
  deps: Pick<HealthDeps, 'alerts'>,
  scope: TenantScope,
  { tenantId, system }: WriteIdentity,
): Promise<void> {
  // An endpoint that is disabled has had an alert of its own.
  if (system === 'webhook') return;
  const message = `${system} refuses the firm’s connection: its writes park until somebody connects it again`;
  const alert: Alert = {
    tenantId,
    kind: 'connection.refused',
    subject: system,
    severity: 'critical',
    message,
  };
  if (await raiseAlert(scope, alert)) deps.alerts.announce([alert]);
}

const silentMessage = (lane: Lane): string =>
  `${lane} does not answer: the firm’s writes to it wait, and go on by themselves when it does`;

/** What an error tells of the vendor; undefined when it tells nothing (our own database was away, a defect of ours). */
export const endOfError = (error: unknown): AttemptEnd | undefined =>
  error instanceof OutsideError ? endOf(error.errorClass) : undefined;

/** Takes note of how an attempt ended. In the transaction of the caller's that stores what became of the write. */
export async function leave(
  deps: HealthDeps,
  scope: TenantScope,
  write: WriteIdentity,
  circuit: Circuit,
  end: AttemptEnd,
): Promise<void> {
  // The usual case: the vendor answers, and nobody has counted a failure.
  if (end.answered && circuit.failures === 0) return;
  const { tenantId, workflowId } = write;
  const lane = laneOf(write);
  const atMs = await now(deps);
  const { before, after } = await changeCircuit(scope, tenantId, lane, (now) =>
    afterAttempt(now, { workflowId, end, atMs }, deps.rules),
  );
  if (after.state === before.state) return;
  const { epoch, cause } = after;
  const alert = { tenantId, kind: 'breaker.open', subject: lane };
  // Told before the change is committed: an open breaker whose workflow knows nothing would stay open.
  if (after.state === 'open') {
    await deps.line.opened(tenantId, lane, after);
    if (before.state !== 'closed') return;
    const details = { epoch, cause };
    // Clients are waiting for a practice system; an announcement of ours only comes late.
    const severity = isOutgoing(systemOfLane(lane)) ? 'warning' : 'critical';
    const raised: Alert = { ...alert, severity, message: silentMessage(lane), details };
    if (await raiseAlert(scope, raised)) deps.alerts.announce([raised]);
    return;
  }
  await deps.line.closed(tenantId, lane, after);
  await resolveAlert(scope, alert);
  const silentMs = before.openedAtMs === null ? null : atMs - before.openedAtMs;
  deps.logger.info(
    { event: 'breaker_closed', tenantId, system: lane, epoch, silentMs },
    'an outside system answers again: its writes go on',
  );
}
