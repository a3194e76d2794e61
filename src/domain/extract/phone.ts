/** Telephone numbers, in digits or in words, as E.164 (North America). */
import { digitRuns } from './digits.js';
import type { DigitRun } from './digits.js';
import type { Utterance } from './utterance.js';

export interface PhoneReading {
  /** E.164, e.g. `+15125550142`. */
  value: string;
  from: number;
  to: number;
}

/** Numbering plan: area code and exchange begin with 2–9. */
const NANP = /^1?([2-9]\d{2}[2-9]\d{6})$/;
const SOMEONE_ELSES =
  /\b(?:(?:his|their|(?:driver|lawyer|attorney|boss|landlord|insurance|company) 's)(?: \w+){0,2} (?:phone|cell|number)|(?:case|claim|report|policy|account|docket)(?: number)?)(?: is| 's)? *$/;

/** @returns the E.164 form of 10 digits, 11 with a leading 1, or 11 with a leading "oh" said as a pause; else null. */
export function toE164(digits: string): string | null {
  const national = NANP.exec(digits.length === 11 ? digits.replace(/^0/, '') : digits)?.[1];
  return national === undefined ? null : `+1${national}`;
}

/** The last number in a row of digits that begins and ends where groups do ("34. 512 555 0142"). */
function inRun(run: DigitRun): PhoneReading | null {
  const whole = toE164(run.digits);
  if (whole) return { value: whole, from: run.from, to: run.to };
  const total = run.digits.length;
  for (const [i, piece] of [...run.pieces.entries()].reverse()) {
    for (let end = run.pieces.length; end > i; end--) {
      const upTo = run.pieces[end]?.before ?? total;
      const length = upTo - piece.before;
      if (length < 10) break;
      if (length > 11) continue;
      const value = toE164(run.digits.slice(piece.before, upTo));
      if (value) return { value, from: piece.token, to: run.pieces[end]?.token ?? run.to };
    }
  }
  return null;
}

/** The caller's telephone number in these words, the last one when there are several. */
export function findPhone(u: Utterance): PhoneReading | null {
  let found: PhoneReading | null = null;
  for (const run of digitRuns(u.tokens)) {
    const reading = run.digits.length >= 10 ? inRun(run) : null;
    if (!reading) continue;
    if (!SOMEONE_ELSES.test(u.plain.slice(0, u.offsets[reading.from]))) found = reading;
  }
  return found;
}

/** Digits of an unfinished number (the caller paused in the middle): the longest row, 3–9 digits, else ''. */
export function partialDigits(u: Utterance): DigitRun | null {
  const rows = digitRuns(u.tokens).filter((run) => run.digits.length >= 3 && run.digits.length <= 9);
  return rows.reduce<DigitRun | null>(
    (best, run) => (best && best.digits.length >= run.digits.length ? best : run),
    null,
  );
}

/** "don't use that number", "do not call me back on this phone". */
export const REFUSES_NUMBER =
  /\b(?:do not|never) (?:use|call|text)(?: me)?(?: back)?(?: on| at)? (?:that|this|the)(?: \w+)? (?:number|phone|line)\b/;
/** "this number is good", "the number I'm calling from", "I'm on it now". */
export const THIS_LINE =
  /\b(?:this (?:same )?(?:number|phone|line|one)(?: is|'s| 's)? (?:good|fine|best|ok|okay)|(?:the|this|same) (?:number|phone) i am (?:calling|on)|i am on it now|this same number|the number i (?:am )?(?:called|calling) from)\b/;
