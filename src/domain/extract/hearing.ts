/** A caller turn in front of the rules, and how a rule records what it found. */
import type { Day } from './calendar.js';
import type { Facts } from './facts.js';
import type { Question } from './question.js';
import { spoken } from './utterance.js';
import type { Utterance } from './utterance.js';
import type { Field } from '../intake.js';

/** A caller turn as the topics see it. */
export interface Hearing {
  u: Utterance;
  turn: number;
  /** What the agent had asked last; null before the first question. */
  asked: Question | null;
  /** The day of the call in the firm's zone. */
  today: Day;
}
/** One subject: what is known of it after this turn. */
export type Topic = (facts: Facts, h: Hearing) => Facts;

/** A value with the words it came from. */
export const field = <T>(
  h: Hearing,
  value: T,
  span: { from: number; to: number },
  confidence: number,
): Field<T> => ({
  value,
  source: 'caller',
  turn: h.turn,
  confidence,
  verbatim: spoken(h.u, span.from, span.to),
});
/** A value that the whole turn says. */
export const whole = <T>(h: Hearing, value: T, confidence: number): Field<T> =>
  field(h, value, { from: 0, to: h.u.tokens.length }, confidence);
