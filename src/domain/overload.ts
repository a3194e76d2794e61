/**
 * How hard pressed a process is, from samples of its event loop: a pure reducer. Pressed, it leaves out what callers can
 * do without; it never ends or refuses a call for it. Worse counts when a second sample says so, better only when it
 * lasts: one collection of garbage, or another process's turn on the core, is no load.
 */

/** `strained`: answers in advance only where they pay (`preparingPays`). `overloaded`: none, and no new recordings. */
export type LoadLevel = 'normal' | 'strained' | 'overloaded';

export interface LoadSample {
  /** Share of the time in which the event loop was busy, 0–1. */
  utilisation: number;
  /** 99th percentile of its lateness, in milliseconds: audio frames leave late by as much. */
  delayP99Ms: number;
}

export interface LoadState {
  level: LoadLevel;
  /** What the sample before asked for. */
  before: LoadLevel;
  /** Samples in a row that would have allowed a better level. */
  calm: number;
}

export const unloaded: LoadState = { level: 'normal', before: 'normal', calm: 0 };

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
  const before = levelOf(sample);
  const worse = lesser(before, state.before);
  if (order.indexOf(worse) > order.indexOf(state.level)) return { level: worse, before, calm: 0 };
  if (order.indexOf(before) >= order.indexOf(state.level)) return { ...state, before, calm: 0 };
  if (state.calm + 1 < CALM_SAMPLES) return { ...state, before, calm: state.calm + 1 };
  return { level: before, before, calm: 0 };
}

const lesser = (a: LoadLevel, b: LoadLevel): LoadLevel => (order.indexOf(a) < order.indexOf(b) ? a : b);

function levelOf({ utilisation, delayP99Ms }: LoadSample): LoadLevel {
  const over = (limit: LoadSample): boolean =>
    utilisation >= limit.utilisation || delayP99Ms >= limit.delayP99Ms;
  if (over(limits.overloaded)) return 'overloaded';
  return over(limits.strained) ? 'strained' : 'normal';
}

/** What became of the answers prepared in advance, lately. */
export interface Preparations {
  used: number;
  wasted: number;
}

export const noPreparations: Preparations = { used: 0, wasted: 0 };

/** So much of what was before one turn still counts after it: the last fifty turns or so decide. */
const FADE = 0.98;

/** Takes one turn. @param wasted answers thrown away for it. */
export const prepared = (
  before: Preparations,
  { used, wasted }: { used: boolean; wasted: number },
): Preparations => ({
  used: before.used * FADE + (used ? 1 : 0),
  wasted: before.wasted * FADE + wasted,
});

/** An answer that is used costs what it would have cost later, so only those thrown away are load: one in five at most. */
const MOST_WASTED = 0.25;

/** Whether answers in advance cost so little more that a strained process still prepares them. False before any was used. */
export const preparingPays = ({ used, wasted }: Preparations): boolean =>
  used > 0 && wasted <= used * MOST_WASTED;
