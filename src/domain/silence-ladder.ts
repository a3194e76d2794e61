/**
 * What the agent does about a caller who says nothing: asks, asks once more, and closes kindly. A pure reducer: events and
 * times in, decisions out. Nothing is ever decided while somebody speaks, is being understood or is about to be answered,
 * so a prompt can never cut anybody off.
 */

/** Waits of the ladder, in milliseconds. Settings of the operator. */
export interface SilenceRules {
  /** From the end of what was said last to the first prompt; 0 leaves silence alone altogether. */
  promptMs: number;
  /** From the end of the first prompt to the second. */
  againMs: number;
  /** From the end of the second prompt to the goodbye. */
  closeMs: number;
  /** After a sound that was no words (a cough, a door) nobody is prompted for this long: something may follow. */
  graceMs: number;
}

/**
 * Eight seconds is longer than people think about a question and shorter than they wonder whether the line is dead; then
 * more is given, because who did not answer at once may be looking for papers.
 */
export const defaultSilenceRules: SilenceRules = {
  promptMs: 8_000,
  againMs: 10_000,
  closeMs: 15_000,
  graceMs: 1_500,
};

/**
 * How far the ladder goes after what the agent said last. `close`: all of it. `stay`: it prompts, but never hangs up on
 * this caller. `mute`: not a sound.
 */
export type SilenceReach = 'close' | 'stay' | 'mute';

export type SilenceEvent =
  /** Somebody speaks, is being understood or is about to be answered (`taken`), or nobody any more. */
  | { kind: 'floor'; atMs: number; taken: boolean }
  /** The caller said or typed something: the ladder begins anew. */
  | { kind: 'caller_turn'; atMs: number }
  /** The agent begins to be heard. `reach` is absent when this leaves things as they are (a prompt of the ladder). */
  | { kind: 'agent_spoke'; atMs: number; reach?: SilenceReach }
  /** Time has passed. */
  | { kind: 'tick'; atMs: number };

export type SilenceDecision = { kind: 'prompt'; rung: 1 | 2 } | { kind: 'close' };

/** Opaque to callers: keep it and hand it back. */
export interface SilenceState {
  readonly taken: boolean;
  /** Since when nothing was said; undefined before the first word of the call. */
  readonly quietSinceMs: number | undefined;
  /** Nothing is decided before this. */
  readonly notBeforeMs: number;
  /** Words were said since the floor was last free, so the silence counts from its next being free. */
  readonly fresh: boolean;
  /** Steps taken since the caller's last turn. */
  readonly rung: 0 | 1 | 2 | 3;
  readonly reach: SilenceReach;
}

export interface SilenceStep {
  state: SilenceState;
  decision: SilenceDecision | null;
  /** When to come back with a `tick`, unless something happens before; null when no time that passes changes anything. */
  wakeAtMs: number | null;
}

export const initialSilence: SilenceState = {
  taken: false,
  quietSinceMs: undefined,
  notBeforeMs: 0,
  fresh: false,
  rung: 0,
  reach: 'close',
};

/** Takes one event. Times never go back. */
export function silenceLadder(state: SilenceState, event: SilenceEvent, rules: SilenceRules): SilenceStep {
  const next = after(state, event, rules);
  const dueAtMs = dueOf(next, rules);
  if (dueAtMs === null || dueAtMs > event.atMs) return { state: next, decision: null, wakeAtMs: dueAtMs };
  return climb(next, event.atMs, rules);
}

function after(state: SilenceState, event: SilenceEvent, rules: SilenceRules): SilenceState {
  switch (event.kind) {
    case 'floor': {
      if (event.taken || !state.taken) return { ...state, taken: event.taken };
      const notBeforeMs = event.atMs + rules.graceMs;
      const since = state.fresh ? { quietSinceMs: event.atMs } : {};
      return { ...state, ...since, taken: false, fresh: false, notBeforeMs };
    }
    case 'caller_turn':
      return { ...state, rung: 0, quietSinceMs: event.atMs, fresh: state.taken };
    case 'agent_spoke':
      return { ...state, quietSinceMs: event.atMs, fresh: state.taken, reach: event.reach ?? state.reach };
    case 'tick':
      return state;
  }
}

/** When the next step is due; null while none can come by waiting. */
function dueOf(state: SilenceState, rules: SilenceRules): number | null {
  const { taken, quietSinceMs, notBeforeMs, rung, reach } = state;
  const last = reach === 'close' ? 3 : 2;
  const off = rules.promptMs === 0 || reach === 'mute';
  if (off || taken || quietSinceMs === undefined || rung >= last) return null;
  const waitMs = [rules.promptMs, rules.againMs, rules.closeMs][rung] ?? rules.closeMs;
  return Math.max(quietSinceMs + waitMs, notBeforeMs);
}

/** The silence counts anew from here, should nothing be heard of what was decided. */
function climb(state: SilenceState, atMs: number, rules: SilenceRules): SilenceStep {
  const rung = state.rung < 2 ? ((state.rung + 1) as 1 | 2) : 3;
  const next: SilenceState = { ...state, rung, quietSinceMs: atMs };
  const decision: SilenceDecision = rung === 3 ? { kind: 'close' } : { kind: 'prompt', rung };
  return { state: next, decision, wakeAtMs: dueOf(next, rules) };
}
