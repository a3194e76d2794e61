/**
 * Payment-card numbers are cut out of a caller's words before they are stored anywhere (PCI DSS 3.3.1). Digits and digit
 * words alike; fails towards cutting, except that telephone numbers are left alone.
 */
import { digitRuns } from './digits.js';
import type { DigitRun } from './digits.js';
import { digitWords, teens, tens } from './number-words.js';
import { utterance } from './utterance.js';
import type { Utterance } from './utterance.js';

/** What stands in the text where a card number was. */
export const CARD_REMOVED = '[card number removed]';
/** Lengths of card numbers, ISO/IEC 7812: 13 to 19 digits in use. */
const [SHORTEST, LONGEST] = [13, 19];
/** Next to the word "card" a misheard number (a digit lost or added) is cut too, from this many digits on. */
const SHORTEST_NEAR_CARD = 12;
const CARD_WORD = /\b(?:credit|debit|card|visa|mastercard|amex|american express|discover)\b/;
const TRAILING_CODE =
  /\b(?:cvv|cvc|security code|expir\w*|exp)\b(?: (?:date|code|is|on|and|of|the|,|\|))* *$/;
const PHONES_ONLY = /^(?:1?[2-9]\d{2}[2-9]\d{6})+$/;

/** Most turns hold no number: they are told from the others without reading them. */
const DIGIT_LIKE = new RegExp(
  `\\p{Nd}|${[...digitWords.keys(), ...teens.keys(), ...tens.keys()].filter((word) => word.length > 1).join('|')}`,
  'giu',
);
/** Said in pairs with doubled digits, 13 digits take at least this many pieces. */
const FEWEST_PIECES = 6;

/** The check digit rule of card numbers. */
export function luhnValid(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const value = Number(digits[digits.length - 1 - i]);
    const doubled = i % 2 === 0 ? value : value * 2;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** First token of the earliest card number in a row of digits, or null. */
function cardStart(run: DigitRun, nearCard: boolean): number | null {
  const total = run.digits.length;
  if (total >= SHORTEST && total <= LONGEST && luhnValid(run.digits)) return run.from;
  if (total >= SHORTEST_NEAR_CARD && nearCard) return run.from;
  if (total < SHORTEST || PHONES_ONLY.test(run.digits)) return null;
  for (const [i, piece] of run.pieces.entries()) {
    for (let end = i + 1; end <= run.pieces.length; end++) {
      const upTo = run.pieces[end]?.before ?? total;
      const length = upTo - piece.before;
      if (length > LONGEST) break;
      if (length >= SHORTEST && luhnValid(run.digits.slice(piece.before, upTo))) return piece.token;
    }
  }
  return null;
}

/** From the card's first digit to the end of its row: an expiry date and a security code follow without a word. */
function cardSpans(u: Utterance): { start: number; end: number }[] {
  const runs = digitRuns(u.tokens);
  const nearCard = CARD_WORD.test(u.plain);
  const spans: { start: number; end: number }[] = [];
  for (const run of runs) {
    const label = u.plain.slice(0, u.offsets[run.from]);
    const from = spans.length > 0 && TRAILING_CODE.test(label) ? run.from : cardStart(run, nearCard);
    const [first, last] = [u.tokens[from ?? -1], u.tokens[run.to - 1]];
    if (first && last) spans.push({ start: first.start, end: last.end });
  }
  return spans;
}

/** The text with every card number (and the security code said after it) replaced by `[card number removed]`. */
export function redactCardNumbers(text: string): string {
  if ((text.match(DIGIT_LIKE)?.length ?? 0) < FEWEST_PIECES) return text;
  let rest = text;
  let done = '';
  // A turn may be longer than one reading; windows of 4,000 characters are read one after the other.
  while (rest.length > 0) {
    const u = utterance(rest);
    let at = 0;
    for (const span of cardSpans(u)) {
      done += rest.slice(at, span.start) + CARD_REMOVED;
      at = span.end;
    }
    const read = Math.max(at, rest.length > u.text.length ? u.text.length - OVERLAP : rest.length);
    done += rest.slice(at, read);
    rest = rest.slice(read);
  }
  return done;
}

/** Characters read twice at a window's edge: longer than 19 digits said as words with pauses. */
const OVERLAP = 400;
