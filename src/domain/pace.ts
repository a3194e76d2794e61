/**
 * How fast one firm's requests may go to one outside system, so that its rate limit is kept before it is felt. Pure: GCRA
 * (the generic cell rate algorithm, a token bucket told by one time) for requests that go now, and appointments for writes
 * that have to come back, spaced so that some room stays free for live work.
 */

export interface PaceRule {
  /** Requests that the vendor allows in any minute. */
  perMinute: number;
  /** Requests that may go at once after a quiet while. */
  burst: number;
}

export interface Pace {
  /** Between two requests in the long run, milliseconds. */
  intervalMs: number;
  /** How far requests may run ahead of that, milliseconds. */
  toleranceMs: number;
}

const MINUTE_MS = 60_000;
/** Requests a minute left unused: one may be late on its way and fall into the vendor's next minute. */
const HEADROOM = 2;
/** Below this a limit is too small to give any of it away. */
const SMALL_LIMIT = 10;

/**
 * GCRA lets `burst` go at once and one per interval after that, so in any minute `burst` + 60 s / interval: the interval
 * is chosen such that this sum stays under the limit, wherever the vendor's minute begins.
 */
export function paceOf({ perMinute, burst }: PaceRule): Pace {
  const atOnce = Math.max(1, Math.min(burst, Math.floor(perMinute / 2)));
  const steady = perMinute - atOnce - (perMinute < SMALL_LIMIT ? 0 : HEADROOM);
  // One a minute leaves no room for a second within it.
  const intervalMs = steady < 1 ? MINUTE_MS + 1 : MINUTE_MS / steady;
  return { intervalMs, toleranceMs: (atOnce - 1) * intervalMs };
}

/** What is kept of one firm and system. Epoch milliseconds; zero at the beginning. */
export interface PaceState {
  /** When the requests so far would have been due one by one. */
  dueMs: number;
  /** The last appointment given. */
  bookedMs: number;
}

export interface Ask {
  nowMs: number;
  /** Requests that go together. */
  requests: number;
  /** Longest wait on the spot, milliseconds. */
  patienceMs: number;
  /** `kept`: it comes at its appointment, or must not lose its place. `live`: may go before those with appointments. */
  claim: 'kept' | 'live' | 'none';
  /** Requests that it will need in all, when it has to come back. */
  expected: number;
}

/** Go after `waitMs`; or come back after it. */
export interface Slot {
  kind: 'go' | 'later';
  waitMs: number;
}

/** Share of the rate that appointments use; the rest is for what comes in between. */
const BOOKED_SHARE = 0.8;

/** Gives a slot. The state is the old one when nothing was taken. */
export function reserve(state: PaceState, ask: Ask, pace: Pace): { slot: Slot; state: PaceState } {
  const { nowMs, requests, patienceMs, claim, expected } = ask;
  const { intervalMs, toleranceMs } = pace;
  // All of them must conform, so the last one decides: it is due `requests - 1` intervals after the first.
  const startMs = Math.max(nowMs, state.dueMs + (requests - 1) * intervalMs - toleranceMs);
  const isFirst = claim !== 'none' || state.bookedMs <= nowMs;
  if (isFirst && startMs - nowMs <= patienceMs) {
    const dueMs = Math.max(startMs, state.dueMs) + requests * intervalMs;
    return { slot: { kind: 'go', waitMs: startMs - nowMs }, state: { ...state, dueMs } };
  }
  // Pushed aside by live work: it keeps its place and comes again as soon as there is room.
  if (claim === 'kept') return { slot: { kind: 'later', waitMs: startMs - nowMs }, state };
  const bookedMs = Math.max(state.bookedMs, nowMs) + (expected * intervalMs) / BOOKED_SHARE;
  return { slot: { kind: 'later', waitMs: Math.ceil(bookedMs - nowMs) }, state: { ...state, bookedMs } };
}

/** The vendor wants nothing before `untilMs`, from anybody of this firm; after that no burst either. */
export const holdUntil = (state: PaceState, untilMs: number, { toleranceMs }: Pace): PaceState => ({
  dueMs: Math.max(state.dueMs, untilMs + toleranceMs),
  bookedMs: Math.max(state.bookedMs, untilMs),
});
