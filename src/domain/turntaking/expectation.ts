import type { Act } from '../agent/act.js';
import type { Question } from '../extract/question.js';

/**
 * What kind of answer the caller owes, as far as pauses go. `yes_no`: a word may be all of it. `name`: a few words, maybe
 * spelled. `digits`: a row dictated in groups, with a pause after each. `open`: anything, a story included.
 */
export const expectations = ['yes_no', 'name', 'digits', 'open'] as const;
export type Expectation = (typeof expectations)[number];

/**
 * `anything_else` stays open although it sounds closed: "yes" is where that answer begins, and the call closes after it.
 * `where` is answered like a name: "Austin, Texas".
 */
const answers: Readonly<Record<Question, Expectation>> = {
  recording: 'yes_no',
  reason: 'open',
  safety: 'yes_no',
  name: 'name',
  phone: 'digits',
  phone_ok: 'yes_no',
  message: 'open',
  parties: 'open',
  story: 'open',
  when: 'open',
  where: 'name',
  other_lawyer: 'yes_no',
  appointment: 'open',
  anything_else: 'open',
};

/** The greeting asks for consent and for the reason in one breath, so its answer is a story that begins with "yes". */
export function expectationOf({ kind, asks }: Pick<Act, 'kind' | 'asks'>): Expectation {
  return asks === null || kind === 'greeting' ? 'open' : answers[asks];
}
