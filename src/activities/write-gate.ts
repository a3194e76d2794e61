/** What stands between a write and its vendor: a breaker while the vendor is silent, and a pace while it is not. */
import { holdWrite, readCircuit } from '../db/breakers.js';
import type { TenantScope } from '../db/tenant.js';
import {
  beginWrite,
  laneOf,
  priorWrite,
  type PriorWrite,
  type WriteIdentity,
  type WriteProgress,
} from '../db/writes.js';
import { admits, isOverdue, type Circuit } from '../domain/circuit.js';
import { bookWrite } from '../db/rate-slots.js';
import type { System } from '../domain/writes.js';
import type { Outbox } from './outgoing/outbox.js';
import { now, type HealthDeps } from './vendor-health.js';
import { patience, takeSlot, type PaceDeps, type TakenSlot } from './write-pace.js';

export interface GateDeps extends HealthDeps {
  /** Absent: what is to be told waits for the sweep. */
  outbox?: Outbox;
  paces: Readonly<Record<System, PaceDeps>>;
}

/** Let through, with what an earlier attempt left and its slot; held back; or to come again for a slot. */
export type Entry =
  | {
      kind: 'open';
      circuit: Circuit;
      prior: PriorWrite | undefined;
      /** An earlier attempt may have done the work. */
      inDoubt: boolean;
      slot: TakenSlot;
    }
  | { kind: 'held'; sinceMs: number }
  | { kind: 'later'; waitMs: number };

/** A write as it comes to the gate. */
export interface Comer extends Pick<WriteProgress, 'attempts' | 'revision'> {
  /** It was told to come back now, or would lose its place by giving way. */
  keepsPlace: boolean;
  /** It was sent back by a redrive or an outage: live work goes first. */
  isRedriven: boolean;
}

/**
 * Notes the intent of an attempt, unless the breaker holds the write back or it has to come back for a slot. In one transaction of the caller's.
 * @param at attempts with this one, and how it comes.
 */
export async function enter(
  deps: GateDeps,
  scope: TenantScope,
  write: WriteIdentity,
  at: Comer,
): Promise<Entry> {
  const { tenantId, system, workflowId } = write;
  const lane = laneOf(write);
  const circuit = await readCircuit(scope, tenantId, lane);
  if (admits(circuit, workflowId)) return takeTurn(deps, scope, write, at, circuit);
  const nowMs = await now(deps);
  await holdWrite(scope, write, {
    attempts: at.attempts - 1,
    revision: at.revision,
    errorMessage: heldMessage(system),
    ...(circuit.probeAtMs !== null && { nextAttemptAtMs: circuit.probeAtMs }),
  });
  if (isOverdue(circuit, nowMs)) await deps.line.opened(tenantId, lane, circuit);
  return { kind: 'held', sinceMs: circuit.openedAtMs ?? nowMs };
}

/** A look-up, a second one after a pause, and the request itself. */
const WITH_LOOK_UPS = 3;

async function takeTurn(
  deps: GateDeps,
  scope: TenantScope,
  write: WriteIdentity,
  at: Comer,
  circuit: Circuit,
): Promise<Entry> {
  const { tenantId, system, priority } = write;
  const pace = deps.paces[system];
  const nowMs = await deps.nowMs?.();
  const prior = await priorWrite(scope, write);
  const inDoubt = isInDoubt(prior, at);
  const isUrgent = priority === 'CRITICAL' || priority === 'HIGH';
  const claim = at.keepsPlace || circuit.state === 'half_open' ? 'kept' : at.isRedriven ? 'none' : 'live';
  const slot = await takeSlot(
    scope,
    pace,
    { tenantId, lane: laneOf(write), nowMs },
    {
      requests: pace.requests,
      patienceMs: patience[claim === 'live' && isUrgent ? 'urgent' : claim],
      claim,
      expected: Math.max(pace.requests, inDoubt ? WITH_LOOK_UPS : 1),
    },
  );
  if (slot.kind === 'go') {
    if (prior?.state !== 'done') await beginWrite(scope, write, at);
    return { kind: 'open', circuit, prior, inDoubt, slot };
  }
  const nextAttemptAtMs = (nowMs ?? Date.now()) + slot.waitMs;
  await bookWrite(scope, write, { ...at, attempts: at.attempts - 1, nextAttemptAtMs });
  return { kind: 'later', waitMs: slot.waitMs };
}

/** A table that knows of fewer attempts than were made cannot say what became of the others. */
const isInDoubt = (prior: PriorWrite | undefined, { attempts }: Comer): boolean =>
  (prior?.attempts ?? 0) < attempts - 1 || (prior !== undefined && prior.attempts > 0 && prior.inDoubt);

/** For people; says nothing of the payload. */
export const heldMessage = (system: System): string =>
  `held back while ${system} does not answer; goes on by itself when it does`;
