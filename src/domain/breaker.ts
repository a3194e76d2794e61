/**
 * Whether an endpoint is worth asking: a pure reducer over what became of requests. Closed, it is asked; open, it is left
 * alone and everything goes elsewhere at once; half-open, one probe is under way, off the path of any call.
 */

export interface BreakerRules {
  /** So many failures more than successes open it. */
  failures: number;
  /** Failures older than this no longer count, in milliseconds. */
  windowMs: number;
  /** From opening to the first probe, in milliseconds; doubles with every probe that fails. */
  probeAfterMs: number;
  /** Longest wait between two probes, in milliseconds. */
  probeMaxMs: number;
}

/**
 * Three, because one lost request is an accident and every failure costs one caller a wait; a minute, because a firm's
 * line has a turn every few seconds; 5 s, because the first outage a caller meets is often a restart.
 */
export const defaultBreakerRules: BreakerRules = {
  failures: 3,
  windowMs: 60_000,
  probeAfterMs: 5_000,
  probeMaxMs: 60_000,
};

export type BreakerState =
  /** `failedAtMs`: failures not yet made good by a success, oldest first. */
  | { kind: 'closed'; failedAtMs: readonly number[] }
  | { kind: 'open'; nextProbeAtMs: number; waitMs: number }
  | { kind: 'half_open'; waitMs: number };

export type BreakerEvent =
  /** A request of a call. Those that were under way when it opened may still report: they change nothing. */
  | { kind: 'succeeded'; atMs: number }
  | { kind: 'failed'; atMs: number }
  | { kind: 'probe_started'; atMs: number }
  | { kind: 'probe_succeeded'; atMs: number }
  | { kind: 'probe_failed'; atMs: number };

export const closedBreaker: BreakerState = { kind: 'closed', failedAtMs: [] };

/** Calls may ask the endpoint. */
export const mayAsk = (state: BreakerState): boolean => state.kind === 'closed';

/** Takes one event. An event that does not fit the state (a probe's answer without a probe) changes nothing. */
export function breaker(state: BreakerState, event: BreakerEvent, rules: BreakerRules): BreakerState {
  switch (event.kind) {
    case 'succeeded':
      return state.kind === 'closed' ? { ...state, failedAtMs: state.failedAtMs.slice(1) } : state;
    case 'failed':
      return state.kind === 'closed' ? afterFailure(state.failedAtMs, event.atMs, rules) : state;
    case 'probe_started':
      return state.kind === 'open' && event.atMs >= state.nextProbeAtMs
        ? { kind: 'half_open', waitMs: state.waitMs }
        : state;
    case 'probe_succeeded':
      return state.kind === 'half_open' ? closedBreaker : state;
    case 'probe_failed':
      return state.kind === 'half_open'
        ? open(event.atMs, Math.min(rules.probeMaxMs, state.waitMs * 2))
        : state;
  }
}

function afterFailure(earlier: readonly number[], atMs: number, rules: BreakerRules): BreakerState {
  const failedAtMs = [...earlier.filter((failedMs) => atMs - failedMs < rules.windowMs), atMs];
  return failedAtMs.length >= rules.failures
    ? open(atMs, rules.probeAfterMs)
    : { kind: 'closed', failedAtMs };
}

const open = (atMs: number, waitMs: number): BreakerState => ({
  kind: 'open',
  nextProbeAtMs: atMs + waitMs,
  waitMs,
});
