/**
 * A caller's words cut into tokens, once, for every rule that reads them. Works on typed text (case, punctuation, digits)
 * and on recognised speech (lower case, no punctuation): the marks that are there are kept as hints, none is needed.
 */

/** What stood between this token and the one before. `joined`: the second half of a contraction ("i" + "am"). */
export type Gap = 'joined' | 'hyphen' | 'space' | 'comma' | 'stop';

export interface Token {
  /** As written. */
  raw: string;
  /** Lower case, accents folded, contraction resolved: what rules compare with. */
  norm: string;
  /** Offsets into the text, end exclusive. Both halves of a contraction cover the whole word. */
  start: number;
  end: number;
  gap: Gap;
  /** Begins with a capital letter. */
  capital: boolean;
}

export interface Utterance {
  text: string;
  tokens: readonly Token[];
  /** Normal forms joined by spaces, with `,` and `|` standing for commas and sentence ends: what cue patterns run on. */
  plain: string;
  /** Offset in `plain` of each token. */
  offsets: readonly number[];
  /** The text has capitals, so a capital letter means something. */
  cased: boolean;
}

/** Longest text that is read; far beyond one breath, it bounds the work a hostile turn can cause. */
const MAX_CHARS = 4_000;
const WORD = /[\p{L}\p{M}\p{N}]+(?:['’][\p{L}]+)*/gu;
/** Full stops after these do not end a sentence. */
const ABBREVIATIONS = new Set(['mr', 'mrs', 'ms', 'dr', 'jr', 'sr', 'st', 'vs', 'co', 'inc', 'no']);
const IRREGULAR: ReadonlyMap<string, readonly [string, string]> = new Map([
  ["can't", ['can', 'not']],
  ["won't", ['will', 'not']],
  ["ain't", ['is', 'not']],
  ["i'm", ['i', 'am']],
  ['cannot', ['can', 'not']],
]);
const ENDINGS: readonly (readonly [string, string])[] = [
  ["n't", 'not'],
  ["'re", 'are'],
  ["'ve", 'have'],
  ["'ll", 'will'],
  ["'d", 'would'],
  ["'s", "'s"],
];

/** Lower case without accents, for comparing ("Lucía" and "lucia" are one name). */
export const fold = (text: string): string => (ASCII.test(text) ? text.toLowerCase() : foldAny(text));

const ASCII = /^[ -~]*$/;
const foldAny = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/’/g, "'")
    .toLowerCase();

function halves(word: string): readonly [string, string] | null {
  const irregular = IRREGULAR.get(word);
  if (irregular || !word.includes("'")) return irregular ?? null;
  for (const [ending, meaning] of ENDINGS) {
    if (word.endsWith(ending) && word.length > ending.length) return [word.slice(0, -ending.length), meaning];
  }
  return null;
}

function gapOf(between: string, before: Token | undefined): Gap {
  if (between === ' ') return 'space';
  if (/\.\.\.|…|--|—/.test(between)) return 'comma';
  const dotOnly = /^\.\s*$/.test(between);
  if (dotOnly && before && (ABBREVIATIONS.has(before.norm) || before.norm.length === 1)) return 'space';
  if (/[.!?;\n¿¡]/.test(between) && !/^[.@]$/.test(between)) return 'stop';
  if (/[,:()]/.test(between)) return 'comma';
  return between === '-' ? 'hyphen' : 'space';
}

/** Reads at most the first 4,000 characters of `text`. */
export function utterance(text: string): Utterance {
  const read = text.slice(0, MAX_CHARS);
  const tokens: Token[] = [];
  let plain = '';
  const offsets: number[] = [];
  const push = (token: Token): void => {
    if (tokens.length > 0) plain += token.gap === 'stop' ? ' | ' : token.gap === 'comma' ? ' , ' : ' ';
    offsets.push(plain.length);
    plain += token.norm;
    tokens.push(token);
  };
  let last = 0;
  for (const match of read.matchAll(WORD)) {
    const raw = match[0];
    const [start, end] = [match.index, match.index + raw.length];
    const gap = gapOf(read.slice(last, start), tokens.at(-1));
    const norm = fold(raw);
    const pair = halves(norm);
    const base = { raw, start, end, capital: /^\p{Lu}/u.test(raw) };
    push({ ...base, norm: pair?.[0] ?? norm, gap });
    if (pair) push({ ...base, norm: pair[1], gap: 'joined', capital: false });
    last = end;
  }
  return { text: read, tokens, plain, offsets, cased: /\p{Lu}\p{Ll}/u.test(read) };
}

/** Index of the first token at or after an offset of `plain`; `tokens.length` when there is none. */
export function tokenAt(u: Utterance, offset: number): number {
  let [low, high] = [0, u.offsets.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((u.offsets[middle] ?? 0) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What was said in tokens `from` up to and not including `to`. */
export function spoken(u: Utterance, from: number, to: number): string {
  const [first, end] = [u.tokens[from], u.tokens[to - 1]];
  return first && end ? u.text.slice(first.start, end.end).slice(0, 2_000) : '';
}
