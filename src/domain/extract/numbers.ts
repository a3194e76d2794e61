/** Counts, ordinals and years, in words or digits. */
import { ordinals, teens, tens, units } from './number-words.js';
import type { Token } from './utterance.js';

/** A value said in `length` tokens. */
export interface Said {
  value: number;
  length: number;
}

/** "a couple of", "an": counts that are no numerals. */
const LOOSE = new Map([
  ['a', 1],
  ['an', 1],
  ['couple', 2],
]);

/** A numeral up to 99: "14", "fourteen", "twenty one". */
function numeral(tokens: readonly Token[], i: number): Said | null {
  const word = tokens[i]?.norm ?? '';
  if (/^\d{1,2}$/.test(word)) return { value: Number(word), length: 1 };
  const simple = units.get(word) ?? teens.get(word);
  if (simple !== undefined) return { value: simple, length: 1 };
  const ten = tens.get(word);
  if (ten === undefined) return null;
  const unit = units.get(tokens[i + 1]?.norm ?? '');
  return unit ? { value: ten + unit, length: 2 } : { value: ten, length: 1 };
}

/** A count: a numeral, "a", "a couple of". */
export function count(tokens: readonly Token[], i: number): Said | null {
  const word = tokens[i]?.norm ?? '';
  if (word === 'a' && tokens[i + 1]?.norm === 'couple') {
    const couple = count(tokens, i + 1);
    return couple && { ...couple, length: couple.length + 1 };
  }
  const loose = LOOSE.get(word);
  if (loose === undefined) return numeral(tokens, i);
  return { value: loose, length: loose === 2 && tokens[i + 1]?.norm === 'of' ? 2 : 1 };
}

/** Day of a month, 1–31: "14", "14th", "fourteenth", "twenty first", and "fourteen" as people also say. */
export function dayOfMonth(tokens: readonly Token[], i: number): (Said & { ordinal: boolean }) | null {
  const said = ordinal(tokens, i) ?? numeral(tokens, i);
  if (!said || said.value < 1 || said.value > 31) return null;
  return { ...said, ordinal: ordinal(tokens, i) !== null };
}

function ordinal(tokens: readonly Token[], i: number): Said | null {
  const word = tokens[i]?.norm ?? '';
  const written = /^(\d{1,2})(?:st|nd|rd|th)$/.exec(word);
  if (written) return { value: Number(written[1]), length: 1 };
  const simple = ordinals.get(word);
  if (simple !== undefined) return { value: simple, length: 1 };
  const [ten, unit] = [tens.get(word), ordinals.get(tokens[i + 1]?.norm ?? '')];
  return ten !== undefined && unit !== undefined && unit < 10 ? { value: ten + unit, length: 2 } : null;
}

/** A year 1900–2099: "2026", "twenty twenty six", "nineteen ninety", "two thousand (and) nineteen". */
export function year(tokens: readonly Token[], i: number): Said | null {
  const word = tokens[i]?.norm ?? '';
  if (/^(?:19|20)\d\d$/.test(word)) return { value: Number(word), length: 1 };
  if (word === 'two' && tokens[i + 1]?.norm === 'thousand') {
    const and = tokens[i + 2]?.norm === 'and' ? 1 : 0;
    const rest = numeral(tokens, i + 2 + and);
    return rest ? { value: 2000 + rest.value, length: 2 + and + rest.length } : { value: 2000, length: 2 };
  }
  if (word !== 'twenty' && word !== 'nineteen') return null;
  const rest = numeral(tokens, i + 1);
  if (!rest || rest.value < 10) return null;
  return { value: (word === 'twenty' ? 2000 : 1900) + rest.value, length: 1 + rest.length };
}
