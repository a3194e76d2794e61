/** How long a silence must last to end the caller's turn: by what was asked, what was said, and how this caller pauses. */
import type { Expectation } from './expectation.js';
import { tempoOf, type Pauses } from './pauses.js';
import type { TurnTakingRules } from './rules.js';
import { isWholeAnswer, type WordsSoFar } from './words-so-far.js';

export interface Situation {
  expects: Expectation;
  words: WordsSoFar;
  /** Voiced time of the utterance so far. */
  voicedMs: number;
  pauses: Pauses;
}

/**
 * Share of `silenceMs` when the words tell nothing. A closed answer is one phrase, but "um" is one too: 360 of 600 ms let
 * a hesitation pass. A name has a gap between first and last. Digits are dictated in groups 300–450 ms apart.
 */
const SHARE: Readonly<Record<Expectation, number>> = { yes_no: 0.6, name: 0.75, digits: 1, open: 1 };
/** Who stops in mid-phrase looks for a word: 900 of 600 ms. */
const UNFINISHED_SHARE = 1.5;

/** @returns milliseconds after the last voiced frame, from `floorMs` to `capMs` (to `silenceMs` where that is more). */
export function silenceRuleMs(
  { expects, words, voicedMs, pauses }: Situation,
  rules: TurnTakingRules,
): number {
  const { silenceMs, floorMs, capMs } = rules;
  const within = (ms: number): number => Math.max(floorMs, Math.min(Math.max(capMs, silenceMs), ms));
  if (isWholeAnswer(words, expects, voicedMs)) return floorMs;
  const tempo = tempoOf(pauses, silenceMs);
  // Dictation has its own pauses: who talks quickly does not dictate more quickly.
  const patient = Math.max(1, tempo);
  if (words.unfinished) return within(silenceMs * UNFINISHED_SHARE * patient);
  return within(silenceMs * SHARE[expects] * (expects === 'digits' ? patient : tempo));
}
