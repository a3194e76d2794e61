/** E-mail addresses, typed ("tyler@example.com") or spoken ("dana dot whitcomb at example dot com"). */
import { units } from './number-words.js';
import type { Utterance } from './utterance.js';

export interface EmailReading {
  value: string;
  verbatim: string;
  /** 0–1: 1 typed, less when the words had to be put together. */
  confidence: number;
}

const TYPED =
  /[a-z0-9](?:[a-z0-9_%+-]|\.(?=[a-z0-9])){0,62}@(?:[a-z0-9](?:[a-z0-9-]{0,60}[a-z0-9])?\.){1,4}[a-z]{2,12}/gi;
/** Top-level domains that are said aloud; others are typed. */
const SPOKEN =
  /\bat ((?:[a-z0-9]+ ){1,4}(?:dot [a-z0-9]+ ){0,2}?)dot (com|net|org|edu|gov|info|biz|io|us|co|me|mx)\b(?! dot)/g;
/** The local part's words, read backwards from "at". */
const LOCAL_WORD = /^[a-z0-9]+$/;
const LINKS = new Map([
  ['dot', '.'],
  ['period', '.'],
  ['underscore', '_'],
  ['dash', '-'],
  ['hyphen', '-'],
]);
const digitOr = (word: string): string => units.get(word)?.toString() ?? word;
/** Longest local part: characters looked at, and words. */
const [REACH, MOST_WORDS] = [120, 10];
const WHOLE = new RegExp(`^${TYPED.source}$`, 'i');
/** Ends the local part: "my email is | dana …". */
const BEFORE_LOCAL = new Set([
  'is',
  "'s",
  'email',
  'address',
  'to',
  'it',
  'that',
  'use',
  'at',
  'me',
  'my',
  'so',
  'um',
  'uh',
  'and',
  'yes',
  'sure',
]);

/** The last address in these words, or null. */
export function findEmail(u: Utterance): EmailReading | null {
  const typed = [...u.text.matchAll(TYPED)].at(-1)?.[0];
  if (typed !== undefined) return { value: typed.toLowerCase(), verbatim: typed, confidence: 1 };
  let found: EmailReading | null = null;
  for (const match of u.plain.matchAll(SPOKEN)) found = assembled(u, match) ?? found;
  return found;
}

/** Puts the words around "at" together; null when they are no address. */
function assembled(u: Utterance, match: RegExpExecArray): EmailReading | null {
  const before = u.plain
    .slice(Math.max(0, match.index - REACH), match.index)
    .trimEnd()
    .split(' ');
  const local: string[] = [];
  let linked = false;
  for (const word of before.reverse()) {
    if (!LOCAL_WORD.test(word) || BEFORE_LOCAL.has(word) || local.length === MOST_WORDS) break;
    linked ||= LINKS.has(word);
    local.unshift(word);
  }
  // "we met at example dot com" is no address: it takes a dot in it, or the word itself.
  if (!linked && !/\be ?mail\b/.test(u.plain)) return null;
  const domain = (match[1] ?? '').trim().split(' ');
  const join = (words: readonly string[]): string =>
    words.map((word) => LINKS.get(word) ?? digitOr(word)).join('');
  const value = `${join(local)}@${join(domain)}.${match[2] ?? ''}`;
  if (!WHOLE.test(value)) return null;
  return { value, verbatim: [...local, match[0]].join(' '), confidence: linked ? 0.8 : 0.6 };
}
