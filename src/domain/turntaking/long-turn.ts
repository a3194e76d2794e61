/** Callers who do not stop: when the agent cuts in, and what it then puts up with. */
import type { EndpointCause, TurnTakingRules } from './rules.js';
import type { Speech, TurnTakingState } from './state.js';

const talkedMs = ({ talkingFromMs }: TurnTakingState, speech: Speech, atMs: number): number =>
  atMs - (talkingFromMs ?? speech.fromMs);

/** A pause has come in which the agent may cut in. Asked in silence only. */
export const longTurnEnds = (
  state: TurnTakingState,
  speech: Speech,
  atMs: number,
  { longTurn }: TurnTakingRules,
): boolean =>
  talkedMs(state, speech, atMs) >= longTurn.afterMs && atMs - speech.lastVoicedAtMs >= longTurn.pauseMs;

/** So long that no pause is waited for. */
export const isPastAll = (
  state: TurnTakingState,
  speech: Speech,
  atMs: number,
  { longTurn }: TurnTakingRules,
): boolean => talkedMs(state, speech, atMs) >= longTurn.hardMs;

/** Voiced time over the agent that stops it. */
export const bargeInMs = ({ insists }: TurnTakingState, rules: TurnTakingRules): number =>
  insists ? rules.longTurn.yieldMs : rules.bargeInMs;

/** Where the caller began to talk, once this utterance is over. Who was cut in on is given the whole time again. */
export function talkingFrom(
  { talkingFromMs }: TurnTakingState,
  speech: Speech,
  cause: EndpointCause,
  noise: boolean,
): number | null {
  if (noise) return talkingFromMs;
  return cause === 'silence' || cause === 'too_long' ? (talkingFromMs ?? speech.fromMs) : null;
}
