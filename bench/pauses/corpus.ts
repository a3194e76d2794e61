import type { Expectation } from '../../src/domain/turntaking/expectation.js';

/** One answer, cut where people stop to think, to breathe or to read on. */
export interface Answer {
  kind: 'number' | 'spelling' | 'unfinished' | 'sentences' | 'name' | 'yes_no';
  expects: Expectation;
  parts: readonly string[];
}

/**
 * `unfinished` stops where nobody ends ("because …"), `sentences` where one could have ended: no rule without the meaning
 * tells that pause from the end.
 */
export const answers: readonly Answer[] = [
  { kind: 'number', expects: 'digits', parts: ['five one two', 'five five five', 'zero one', 'nine nine'] },
  {
    kind: 'number',
    expects: 'digits',
    parts: ['my number is two one four', 'six six seven', 'three one eight two'],
  },
  {
    kind: 'number',
    expects: 'open',
    parts: ['call me at seven one three', 'five five five', 'four four two one'],
  },
  { kind: 'spelling', expects: 'name', parts: ['L O P', 'E Z'] },
  { kind: 'spelling', expects: 'name', parts: ['it is spelled K O W', 'A L S', 'K I'] },
  { kind: 'unfinished', expects: 'open', parts: ['he fired me because', 'I was sick for a week'] },
  {
    kind: 'unfinished',
    expects: 'open',
    parts: ['I was hit by a truck and', 'my leg is broken and', 'I cannot work'],
  },
  {
    kind: 'unfinished',
    expects: 'open',
    parts: ['the landlord took all of my', 'furniture from the apartment'],
  },
  {
    kind: 'sentences',
    expects: 'open',
    parts: ['my landlord changed the locks', 'he does not answer the phone'],
  },
  { kind: 'sentences', expects: 'open', parts: ['I slipped in a store', 'last Friday', 'nobody helped me'] },
  { kind: 'name', expects: 'name', parts: ['Maria', 'Fernanda', 'Lopez'] },
  { kind: 'name', expects: 'name', parts: ['Austin', 'Texas'] },
  { kind: 'yes_no', expects: 'yes_no', parts: ['yes', 'that is right'] },
  { kind: 'yes_no', expects: 'yes_no', parts: ['no', 'I have not talked to anybody else'] },
];
