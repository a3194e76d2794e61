/**
 * Whether one outside system of one firm is worth asking: a pure reducer over what became of attempts at writes. Unlike
 * the endpoint breaker of a call it is kept in a row, shared by all workers, and its probe is a real write: the canary.
 */
import { isSilence, type ErrorClass } from './failures.js';

export interface CircuitRules {
  /** So many attempts in a row without an answer open it. */
  failures: number;
  /** From opening to the first canary, milliseconds; doubles with every canary that fails. */
  probeAfterMs: number;
  /** Longest wait between two canaries, milliseconds. */
  probeMaxMs: number;
}

export interface Circuit {
  /** `closed`: attempts go out. `open`: none does. `half_open`: only the canary's do. */
  state: 'closed' | 'open' | 'half_open';
  /** Attempts in a row without an answer. */
  failures: number;
  /**
   * Grows with every opening, failed canary and closing: a late message about an earlier one is known as such, and a
   * waiting write is told to go on once in each.
   */
  epoch: number;
  /** From the last opening or failed canary to the next canary, milliseconds. */
  waitMs: number;
  /** Since when the system is silent, epoch milliseconds; kept while canaries fail. Null while closed. */
  openedAtMs: number | null;
  /** When the next canary is due, or by when the present one should have told. Null while closed. */
  probeAtMs: number | null;
  /** Workflow id of the write that may try while the rest wait. */
  canary: string | null;
  /** How the attempt failed that opened it. */
  cause: ErrorClass | null;
}

export const closedCircuit: Circuit = {
  state: 'closed',
  failures: 0,
  epoch: 0,
  waitMs: 0,
  openedAtMs: null,
  probeAtMs: null,
  canary: null,
  cause: null,
};

/** Whether this write may be sent to the vendor now. */
export const admits = (circuit: Circuit, workflowId: string): boolean =>
  circuit.state === 'closed' || (circuit.state === 'half_open' && circuit.canary === workflowId);

/** How an attempt ended: with anything the vendor said (a refusal is an answer too), or with silence of that class. */
export type AttemptEnd = { answered: true } | { answered: false; errorClass: ErrorClass };

/** What an attempt's failure tells of the vendor's health. */
export const endOf = (errorClass: ErrorClass): AttemptEnd =>
  isSilence(errorClass) ? { answered: false, errorClass } : { answered: true };

/** Takes the end of one attempt. Attempts that were under way when it opened still report: they change nothing. */
export function afterAttempt(
  circuit: Circuit,
  attempt: { workflowId: string; end: AttemptEnd; atMs: number },
  rules: CircuitRules,
): Circuit {
  const { workflowId, end, atMs } = attempt;
  if (!admits(circuit, workflowId)) return circuit;
  if (end.answered) {
    if (circuit.state === 'half_open') return { ...closedCircuit, epoch: circuit.epoch + 1 };
    return circuit.failures === 0 ? circuit : { ...closedCircuit, epoch: circuit.epoch };
  }
  const failures = circuit.failures + 1;
  if (circuit.state === 'closed' && failures < rules.failures) return { ...circuit, failures };
  const waitMs =
    circuit.state === 'closed' ? rules.probeAfterMs : Math.min(circuit.waitMs * 2, rules.probeMaxMs);
  return {
    state: 'open',
    failures,
    epoch: circuit.epoch + 1,
    waitMs,
    openedAtMs: circuit.openedAtMs ?? atMs,
    probeAtMs: atMs + waitMs,
    canary: null,
    cause: end.errorClass,
  };
}

/** How long a canary may take to tell before another is chosen: its activity's own limit is a minute, and it may queue. */
export const CANARY_MS = 180_000;

/**
 * Lets one waiting write through, or another when the last one has never told. With nobody waiting it closes, one failure
 * short of opening: the next write finds out for itself.
 */
export function startProbe(
  circuit: Circuit,
  probe: { epoch: number; canary: string | undefined; atMs: number },
  rules: CircuitRules,
): Circuit {
  if (circuit.state === 'closed' || circuit.epoch !== probe.epoch) return circuit;
  if (probe.canary === undefined)
    return { ...closedCircuit, epoch: circuit.epoch + 1, failures: rules.failures - 1 };
  return { ...circuit, state: 'half_open', canary: probe.canary, probeAtMs: probe.atMs + CANARY_MS };
}

/** The firm has connected the system anew: who waits for that may be told again. An outage goes on as it was. */
export const afterReconnect = (circuit: Circuit): Circuit =>
  circuit.state === 'closed' ? { ...circuit, epoch: circuit.epoch + 1 } : circuit;

/** Whether a probe is so late that whoever conducts them must be gone (ended by hand). */
export const isOverdue = ({ probeAtMs }: Circuit, nowMs: number): boolean =>
  probeAtMs !== null && nowMs > probeAtMs + CANARY_MS;

/** One step of letting waiting writes go again. */
export interface RampStep {
  count: number;
  /** Until the next step, milliseconds. */
  waitMs: number;
}

/** At full speed writes are let go in handfuls of about this size, so that a long backlog takes few steps. */
const HANDFUL = 10;
const LONGEST_STEP_MS = 20_000;

/**
 * One write in the first second, twice as many in each that follows, up to the rate that the vendor allows.
 * @param step from 0.
 */
export function rampStep(step: number, perMinute: number): RampStep {
  const fullPerSecond = perMinute / 60;
  const perSecond = 2 ** Math.min(step, 30);
  if (perSecond < fullPerSecond) return { count: perSecond, waitMs: 1_000 };
  const waitMs = Math.min(Math.max((HANDFUL / fullPerSecond) * 1_000, 1_000), LONGEST_STEP_MS);
  return { count: Math.max(1, Math.floor((fullPerSecond * waitMs) / 1_000)), waitMs };
}
