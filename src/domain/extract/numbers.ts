/** Numbers as people say them: digit by digit, in pairs ("fifty five"), as ordinals and as years. */
import type { Token } from './utterance.js';

const UNITS: Readonly<Record<string, number>> = {
  zero: 0,
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
};
/** Spanish digits too: callers mix. `once` (11) is left out, it is an English word. */
const DIGIT_WORDS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(UNITS).map(([word, value]) => [word, String(value)])),
  oh: '0',
  o: '0',
  nought: '0',
  niner: '9',
  cero: '0',
  uno: '1',
  dos: '2',
  tres: '3',
  cuatro: '4',
  cinco: '5',
  seis: '6',
  siete: '7',
  ocho: '8',
  nueve: '9',
};
/** Words a recogniser writes for a digit; they count only between two digits. */
const SOUNDALIKES: Readonly<Record<string, string>> = {
  to: '2',
  too: '2',
  for: '4',
  fore: '4',
  won: '1',
  ate: '8',
  tree: '3',
};
const TEENS: Readonly<Record<string, number>> = {
  ten: 10,
  eleven: 11,
  twelve: 12,
  thirteen: 13,
  fourteen: 14,
  fifteen: 15,
  sixteen: 16,
  seventeen: 17,
  eighteen: 18,
  nineteen: 19,
};
const TENS: Readonly<Record<string, number>> = {
  twenty: 20,
  thirty: 30,
  forty: 40,
  fifty: 50,
  sixty: 60,
  seventy: 70,
  eighty: 80,
  ninety: 90,
};
const ORDINALS: Readonly<Record<string, number>> = {
  first: 1,
  second: 2,
  third: 3,
  fourth: 4,
  fifth: 5,
  sixth: 6,
  seventh: 7,
  eighth: 8,
  ninth: 9,
  tenth: 10,
  eleventh: 11,
  twelfth: 12,
  thirteenth: 13,
  fourteenth: 14,
  fifteenth: 15,
  sixteenth: 16,
  seventeenth: 17,
  eighteenth: 18,
  nineteenth: 19,
  twentieth: 20,
  thirtieth: 30,
};
const REPEATS: Readonly<Record<string, number>> = { double: 2, triple: 3 };
/** Said between the groups of a number without ending it. */
const BETWEEN_GROUPS = new Set(['dash', 'hyphen', 'uh', 'um', 'dot', 'and']);

/** A value said in `length` tokens. */
export interface Said<T> {
  value: T;
  length: number;
}

/** A row of digits: `ends[i]` is the number of digits after the i-th token of the row. */
export interface DigitRun {
  digits: string;
  from: number;
  to: number;
  /** For each piece: its first token and how many digits stood before it. */
  pieces: readonly { token: number; before: number }[];
}

/** The digits said at token `i`: "5", "five", "oh", "double five", "fifty five", "eight hundred". */
function digitsAt(tokens: readonly Token[], i: number): Said<string> | null {
  const word = tokens[i]?.norm ?? '';
  const next = tokens[i + 1]?.norm ?? '';
  if (/^[0-9]+$/.test(word)) return { value: word, length: 1 };
  const digit = DIGIT_WORDS[word];
  if (digit !== undefined) {
    if (next === 'hundred') return { value: `${digit}00`, length: 2 };
    if (next === 'thousand') return { value: `${digit}000`, length: 2 };
    return { value: digit, length: 1 };
  }
  const times = REPEATS[word];
  const repeated = DIGIT_WORDS[next] ?? (/^[0-9]$/.test(next) ? next : undefined);
  if (times !== undefined && repeated !== undefined) return { value: repeated.repeat(times), length: 2 };
  const teen = TEENS[word];
  if (teen !== undefined) return { value: String(teen), length: 1 };
  const tens = TENS[word];
  if (tens === undefined) return null;
  const unit = UNITS[next];
  return unit ? { value: String(tens + unit), length: 2 } : { value: String(tens), length: 1 };
}

/** Every maximal row of digits, left to right, whatever marks or "uh" stand between its groups. */
export function digitRuns(tokens: readonly Token[]): DigitRun[] {
  const runs: DigitRun[] = [];
  for (let i = 0; i < tokens.length;) {
    const first = digitsAt(tokens, i);
    if (!first) {
      i += 1;
      continue;
    }
    const run = runFrom(tokens, i);
    runs.push(run);
    i = run.to;
  }
  return runs;
}

function runFrom(tokens: readonly Token[], from: number): DigitRun {
  const pieces: { token: number; before: number }[] = [];
  let digits = '';
  let to = from;
  for (let i = from; i < tokens.length;) {
    const said = digitsAt(tokens, i);
    if (said) {
      pieces.push({ token: i, before: digits.length });
      digits += said.value;
      i += said.length;
      to = i;
      continue;
    }
    const word = tokens[i]?.norm ?? '';
    if (i !== to || !digitsAt(tokens, i + 1)) break;
    const soundalike = SOUNDALIKES[word];
    if (soundalike !== undefined) {
      pieces.push({ token: i, before: digits.length });
      digits += soundalike;
      to = i + 1;
    } else if (!BETWEEN_GROUPS.has(word)) break;
    i += 1;
  }
  return { digits, from, to, pieces };
}

/** A counting number up to 99 ("fourteen", "twenty one", "14"). */
export function cardinal(tokens: readonly Token[], i: number): Said<number> | null {
  const word = tokens[i]?.norm ?? '';
  if (/^\d{1,2}$/.test(word)) return { value: Number(word), length: 1 };
  const simple = UNITS[word] ?? TEENS[word];
  if (simple !== undefined) return { value: simple, length: 1 };
  if (word === 'a' || word === 'an') return { value: 1, length: 1 };
  if (word === 'couple') return { value: 2, length: tokens[i + 1]?.norm === 'of' ? 2 : 1 };
  const tens = TENS[word];
  if (tens === undefined) return null;
  const unit = UNITS[tokens[i + 1]?.norm ?? ''];
  return unit ? { value: tens + unit, length: 2 } : { value: tens, length: 1 };
}

/** Day of a month, 1–31: "14", "14th", "fourteenth", "twenty first", and "fourteen" as people also say. */
export function dayOfMonth(
  tokens: readonly Token[],
  i: number,
): (Said<number> & { ordinal: boolean }) | null {
  const word = tokens[i]?.norm ?? '';
  const next = tokens[i + 1]?.norm ?? '';
  const written = /^(\d{1,2})(?:st|nd|rd|th)$/.exec(word);
  const tens = TENS[word];
  let said: (Said<number> & { ordinal: boolean }) | null = null;
  if (written) said = { value: Number(written[1]), length: 1, ordinal: true };
  else if (tens !== undefined && (ORDINALS[next] ?? 99) < 10) {
    said = { value: tens + (ORDINALS[next] ?? 0), length: 2, ordinal: true };
  } else if (ORDINALS[word] !== undefined) said = { value: ORDINALS[word], length: 1, ordinal: true };
  else if (word !== 'a' && word !== 'an' && word !== 'couple') {
    const plain = cardinal(tokens, i);
    if (plain) said = { ...plain, ordinal: false };
  }
  return said && said.value >= 1 && said.value <= 31 ? said : null;
}

/** A year 1900–2099: "2026", "twenty twenty six", "nineteen ninety", "two thousand (and) nineteen". */
export function year(tokens: readonly Token[], i: number): Said<number> | null {
  const word = tokens[i]?.norm ?? '';
  if (/^(?:19|20)\d\d$/.test(word)) return { value: Number(word), length: 1 };
  if (word === 'two' && tokens[i + 1]?.norm === 'thousand') {
    const and = tokens[i + 2]?.norm === 'and' ? 1 : 0;
    const rest = cardinal(tokens, i + 2 + and);
    if (rest && !['a', 'an', 'couple'].includes(tokens[i + 2 + and]?.norm ?? '')) {
      return { value: 2000 + rest.value, length: 2 + and + rest.length };
    }
    return { value: 2000, length: 2 };
  }
  if (word !== 'twenty' && word !== 'nineteen') return null;
  const rest = cardinal(tokens, i + 1);
  if (!rest || rest.value < 10) return null;
  return { value: (word === 'twenty' ? 2000 : 1900) + rest.value, length: 1 + rest.length };
}
