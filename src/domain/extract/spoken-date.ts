/** A date as it was said, before it is known whether it looks back or ahead. */
import type { Day } from './calendar.js';
import type { Utterance } from './utterance.js';

export type Direction = 'past' | 'future';
export interface SpokenDate {
  from: number;
  to: number;
  precision: 'day' | 'month' | 'year' | 'approx';
  /** What the words themselves say ("last", "ago", "tomorrow"); `either` when only the topic can tell. */
  leans: Direction | 'either';
  /** A bare weekday or day of the month: needs a reason to be taken for a date of the matter. */
  bare: boolean;
  /** Null when there is no such day (30 February). */
  resolve(direction: Direction): Day | null;
}

/** Reads a date that begins at token `i`, or null. `today` is the day of the call. */
export type DateReader = (u: Utterance, i: number, today: Day) => SpokenDate | null;

/** Normal form of token `i`, '' beyond the ends. */
export const word = (u: Utterance, i: number): string => u.tokens[i]?.norm ?? '';
