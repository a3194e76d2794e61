/** E-mail addresses, typed ("tyler@example.com") or spoken ("dana dot whitcomb at example dot com"). */
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
const LINKS: Readonly<Record<string, string>> = {
  dot: '.',
  period: '.',
  underscore: '_',
  dash: '-',
  hyphen: '-',
};
const DIGITS: Readonly<Record<string, string>> = {
  zero: '0',
  one: '1',
  two: '2',
  three: '3',
  four: '4',
  five: '5',
  six: '6',
  seven: '7',
  eight: '8',
  nine: '9',
};
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

function assembled(u: Utterance, match: RegExpExecArray): EmailReading | null {
  const before = u.plain
    .slice(Math.max(0, match.index - 120), match.index)
    .trimEnd()
    .split(' ');
  const local: string[] = [];
  let linked = false;
  for (let i = before.length - 1; i >= 0; i--) {
    const word = before[i] ?? '';
    if (word in LINKS) linked = true;
    else if (
      !LOCAL_WORD.test(word) ||
      (BEFORE_LOCAL.has(word) && local.length > 0 && !(before[i + 1] ?? '' in LINKS))
    )
      break;
    else if (BEFORE_LOCAL.has(word)) break;
    local.unshift(LINKS[word] ?? DIGITS[word] ?? word);
    if (local.length > 12) return null;
  }
  const name = local.join('');
  const domain = `${(match[1] ?? '')
    .trim()
    .split(' ')
    .map((word) => (word === 'dot' ? '.' : (DIGITS[word] ?? word)))
    .join('')}.${match[2] ?? ''}`;
  const value = `${name}@${domain}`;
  if (!new RegExp(`^${TYPED.source}$`, 'i').test(value)) return null;
  const verbatim = [...before.slice(before.length - local.length), match[0]].join(' ');
  return { value, verbatim, confidence: linked ? 0.8 : 0.6 };
}
