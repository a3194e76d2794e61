/** The caller's own pauses, learned in this call from those after which the caller went on. */

export interface Pauses {
  readonly count: number;
  /** A long one of this caller's pauses, in milliseconds; 0 before the first. */
  readonly longMs: number;
}

export const noPauses: Pauses = { count: 0, longMs: 0 };

/** Shorter gaps are the closure of a "t" or the detector's flutter (up to 60 ms in measured machine speech). */
const SHORTEST_MS = 100;
/** A gap beyond this is no pause within a thought. */
const LONGEST_MS = 1_200;
/**
 * Fast up and slow down settles near the ninth of ten pauses by length: cutting a caller off costs more than a slow
 * answer, so one long pause is believed at once and forgotten over many short ones.
 */
const RISE = 0.5;
const FALL = 0.1;

/** Takes one pause; those too short or too long to mean anything change nothing. */
export function observePause(pauses: Pauses, ms: number): Pauses {
  if (ms < SHORTEST_MS || ms > LONGEST_MS) return pauses;
  if (pauses.count === 0) return { count: 1, longMs: ms };
  const weight = ms > pauses.longMs ? RISE : FALL;
  return { count: pauses.count + 1, longMs: pauses.longMs + weight * (ms - pauses.longMs) };
}

/** Below this many pauses the call has taught nothing yet. */
const ENOUGH = 4;
/** Room above the caller's long pauses before a silence counts as the end. */
const MARGIN = 1.4;
/** Bounds of what is learned. A quick talker also stops to think; a slow one must not be waited for without end. */
export const QUICKEST = 0.7;
export const SLOWEST = 1.5;

/** By how much this caller's silences are to be longer (above 1) or shorter than the rule's `silenceMs`. */
export function tempoOf(pauses: Pauses, silenceMs: number): number {
  if (pauses.count < ENOUGH) return 1;
  return Math.min(SLOWEST, Math.max(QUICKEST, (MARGIN * pauses.longMs) / silenceMs));
}
