/**
 * How hard pressed a process is, from samples of its event loop: a pure reducer. Pressed, it leaves out what callers can
 * do without; it never ends or refuses a call for it. Worse counts at once, better only when it lasts.
 */

/** `strained`: no answers in advance. `overloaded`: no new recordings either. */
export type LoadLevel = 'normal' | 'strained' | 'overloaded';

export interface LoadSample {
  /** Share of the time in which the event loop was busy, 0–1. */
  utilisation: number;
  /** 99th percentile of its lateness, in milliseconds: audio frames leave late by as much. */
  delayP99Ms: number;
}

export interface LoadState {
  level: LoadLevel;
  /** Samples in a row that would have allowed a better level. */
  calm: number;
}

export const unloaded: LoadState = { level: 'normal', calm: 0 };

const order = ['normal', 'strained', 'overloaded'] as const;

/**
 * From three quarters busy on, waiting times grow out of proportion (queueing: 1/(1 − utilisation)); callers begin to
 * hear it when frames are later than the 100 ms that are sent ahead (session/options.ts), so half of that is overload.
 */
const limits = {
  strained: { utilisation: 0.75, delayP99Ms: 25 },
  overloaded: { utilisation: 0.9, delayP99Ms: 50 },
} as const;

/** Samples a second apart: so long it must be better before anything is taken up again. */
const CALM_SAMPLES = 5;

/** Takes one sample. */
export function load(state: LoadState, sample: LoadSample): LoadState {
  const level = levelOf(sample);
  if (order.indexOf(level) > order.indexOf(state.level)) return { level, calm: 0 };
  if (level === state.level) return { level, calm: 0 };
  return state.calm + 1 < CALM_SAMPLES ? { ...state, calm: state.calm + 1 } : { level, calm: 0 };
}

function levelOf({ utilisation, delayP99Ms }: LoadSample): LoadLevel {
  const over = (limit: LoadSample): boolean =>
    utilisation >= limit.utilisation || delayP99Ms >= limit.delayP99Ms;
  if (over(limits.overloaded)) return 'overloaded';
  return over(limits.strained) ? 'strained' : 'normal';
}
