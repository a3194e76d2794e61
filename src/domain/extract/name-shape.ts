/** The shape of names: how many tokens from here on are a person's or a company's name, and how to write them. */
import { familyNames, functionWords, givenNames, isOrdinary } from './words.js';
import type { Token, Utterance } from './utterance.js';

const TITLES = new Set([
  'mr',
  'mrs',
  'ms',
  'miss',
  'doctor',
  'dr',
  'senor',
  'senora',
  'attorney',
  'judge',
  'officer',
]);
const PARTICLES = new Set([
  'de',
  'la',
  'del',
  'van',
  'von',
  'der',
  'dos',
  'da',
  'di',
  'el',
  'al',
  'bin',
  'los',
  'las',
]);
const COMPANY_LINKS = new Set(['of', 'and', 'the', 'for']);
/** Capitalised for other reasons than being a name. */
const NEVER_A_NAME = new Set(
  `i yes no yeah okay ok fine well hi hey hello sure thanks please sorry the a an my his her their it he she they we you this
  that monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september
  october november december email text police dui ai tomorrow today nobody none nothing great alright whatever
  what who where when why how can could do does did is are was were but and so if not don im`.split(/\s+/),
);
/** Written with both forms of a name beginning: McDonald, O'Brien. */
const INNER_CAPITAL = /^(mc|o')(\p{L})/u;

/** Tokens `from` up to and not including `to` are a name. */
export interface NameSpan {
  from: number;
  to: number;
}
export interface NameShape {
  kind: 'person' | 'company';
  /** Longest name in tokens. */
  max: number;
}
export const PERSON: NameShape = { kind: 'person', max: 4 };
export const COMPANY: NameShape = { kind: 'company', max: 5 };

const isLetter = (token: Token): boolean => token.norm.length === 1;
const hasDigit = (token: Token): boolean => /\d/.test(token.norm);

function fitsCased(token: Token, first: boolean): boolean {
  if (!token.capital || NEVER_A_NAME.has(token.norm)) return givenNames.has(token.norm) && token.capital;
  return !isLetter(token) || !first;
}

function fitsLower(token: Token, shape: NameShape, before: Token | null): boolean {
  const first = before === null;
  if (isLetter(token) || hasDigit(token)) return false;
  if (first && givenNames.has(token.norm)) return true;
  if (before && givenNames.has(before.norm) && familyNames.has(token.norm)) return true;
  // "this is jason returning a call".
  if (!first && shape.kind === 'person' && /.{3}ing$/.test(token.norm) && !givenNames.has(token.norm))
    return false;
  return shape.kind === 'company' ? !functionWords.has(token.norm) : !isOrdinary(token.norm);
}

function extent(u: Utterance, start: number, shape: NameShape, cased: boolean): NameSpan | null {
  let to = start;
  for (let i = start; i < u.tokens.length && to - start < shape.max; i++) {
    const token = u.tokens[i];
    if (!token) break;
    if (i > start && (token.gap === 'stop' || token.gap === 'comma' || token.gap === 'joined')) break;
    const fits = cased
      ? fitsCased(token, i === start)
      : fitsLower(token, shape, i === start ? null : (u.tokens[i - 1] ?? null));
    if (fits && !(i > start && isLetter(token))) {
      to = i + 1;
      continue;
    }
    const links = shape.kind === 'company' ? COMPANY_LINKS : PARTICLES;
    if (
      !(cased && i > start && links.has(token.norm)) &&
      !(i > start && cased && isLetter(token) && token.capital)
    )
      break;
  }
  return to > start ? { from: start, to } : null;
}

/**
 * The name that begins at token `start` (a title before it is skipped), or null when what stands there is none.
 * `lenient`: the cue before it is so strong that a name without capitals is taken even in text that has some
 * ("My name is maria lopez").
 */
export function nameAt(u: Utterance, start: number, shape: NameShape, lenient = false): NameSpan | null {
  let from = start;
  while (TITLES.has(u.tokens[from]?.norm ?? '')) from += 1;
  const cased = u.cased ? extent(u, from, shape, true) : null;
  if (cased) return cased;
  if (u.cased && (!lenient || u.tokens[from]?.capital)) return null;
  const lower = extent(u, from, shape, false);
  return lower && lower.to - lower.from > 3 && shape.kind === 'person' ? { from, to: from + 3 } : lower;
}

/** As a name is written: "maria" → "Maria", "o'brien" → "O'Brien"; what already has capitals stays. */
export function written(tokens: readonly Token[], limit: number): string {
  let text = '';
  for (const token of tokens) {
    if (token.gap === 'joined') continue;
    const raw = token.raw.normalize('NFC').replace(/['’]s$/u, '');
    const word = /\p{Lu}/u.test(raw) ? raw : capitalised(raw);
    text += (text === '' ? '' : token.gap === 'hyphen' ? '-' : ' ') + word;
  }
  return text.slice(0, limit).trim();
}

/** First letter upper case, also after Mc and O'. */
export function capitalised(word: string): string {
  const lower = word.toLowerCase();
  const inner = lower.replace(
    INNER_CAPITAL,
    (_, head: string, letter: string) => head + letter.toUpperCase(),
  );
  return inner.charAt(0).toUpperCase() + inner.slice(1);
}
