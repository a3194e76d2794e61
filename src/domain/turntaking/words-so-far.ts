/** What the words recognised so far say about whether the caller has finished. */
import { digitRuns } from '../extract/digits.js';
import { findPhone } from '../extract/phone.js';
import { spelledRuns } from '../extract/spelling.js';
import { utterance, type Utterance } from '../extract/utterance.js';
import type { Expectation } from './expectation.js';

/** Read once per change of the words, asked on every frame. */
export interface WordsSoFar {
  readonly text: string;
  /** Of a long utterance, those read. */
  readonly count: number;
  /** Nothing but a yes or a no. */
  readonly answer: boolean;
  /** Ends with the last digit of a whole telephone number. */
  readonly phone: boolean;
  /** The caller says that there is no more to say. */
  readonly done: boolean;
  /** Nobody stops here: a conjunction, a filler, the middle of a number or of a spelling. */
  readonly unfinished: boolean;
}

/** No word is known, either because none was said or because the recogniser tells none before the end. */
export const noWords: WordsSoFar = {
  text: '',
  count: 0,
  answer: false,
  phone: false,
  done: false,
  unfinished: false,
};

const ANSWER =
  "(?:yes|yeah|yep|yup|no|nope|nah|sure|of course|correct|right|absolutely|fine|okay|ok|go ahead|not really|(?:that|it) (?:is|'s)(?: not)?(?: (?:right|correct|fine|okay|ok|good|wrong))?|i (?:am|do|agree)(?: not)?(?: safe)?)";
const ONLY_ANSWER = new RegExp(`^(?:(?:uh|um|oh|well|,|\\|) )*${ANSWER}(?: (?:, |\\| )?${ANSWER})?$`);
const DONE = /\b(?:nothing else|(?:that is|that 's) all|thank you|goodbye|bye bye)$/;
/** Words after which a sentence goes on. Prepositions are left out: people end on them ("what is it for"). */
const GOES_ON = new Set(
  'and but or so because if when while although since um uh er erm hmm well like the a an my his her their our your is was are were named called'.split(
    ' ',
  ),
);
/** Three digits said one by one are the first group of a number; one or two are an age, a count, a day. */
const GROUP = 3;
const PHONE_DIGITS = 10;

/** A telephone number in words has 60 characters, and only the end of a story matters: a long one costs no more. */
const TAIL_CHARS = 160;

/** Reads the words of the utterance so far (about 50 µs); a recogniser may still change them. */
export function readWords(text: string): WordsSoFar {
  const u = utterance(text.slice(-TAIL_CHARS));
  if (u.tokens.length === 0) return noWords;
  return {
    text,
    count: u.tokens.length,
    answer: text.length <= TAIL_CHARS && ONLY_ANSWER.test(u.plain),
    phone: endsWithPhone(u),
    done: DONE.test(u.plain),
    unfinished: GOES_ON.has(u.tokens.at(-1)?.norm ?? '') || midNumber(u) || midSpelling(u),
  };
}

const endsWithPhone = (u: Utterance): boolean => findPhone(u)?.to === u.tokens.length;

function midNumber(u: Utterance): boolean {
  const run = digitRuns(u.tokens).at(-1);
  return run?.to === u.tokens.length && run.pieces.length >= GROUP && run.digits.length < PHONE_DIGITS;
}

const midSpelling = (u: Utterance): boolean => spelledRuns(u).at(-1)?.to === u.tokens.length;

/** "Yes" alone has 420 ms of voiced frames and four words 1,500 ms, measured with two machine voices and our detector. */
const MS_PER_WORD = 350;
const MS_ONCE = 300;

/**
 * Whether these words are all that was asked for. A recogniser may lag behind the sound: a "yes" under much more sound
 * than a "yes" takes is the beginning of something else.
 * @param voicedMs voiced time of the utterance so far.
 */
export function isWholeAnswer(words: WordsSoFar, expects: Expectation, voicedMs: number): boolean {
  if (words.done) return true;
  if (words.phone && (expects === 'digits' || expects === 'yes_no')) return true;
  return expects === 'yes_no' && words.answer && voicedMs <= MS_ONCE + MS_PER_WORD * words.count;
}
