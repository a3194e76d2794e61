/** Rows of digits as people say them: one by one, in pairs ("fifty five"), doubled, or typed. */
import { digitWords, repeats, soundalikes, teens, tens, units } from './number-words.js';
import type { Token } from './utterance.js';

/** A maximal row of digits in tokens `from` up to and not including `to`. */
export interface DigitRun {
  digits: string;
  from: number;
  to: number;
  /** Each piece that was said: its first token, and how many digits of the row stand before it. */
  pieces: readonly { token: number; before: number }[];
}
interface Piece {
  digits: string;
  length: number;
}

/** Said between the groups of a number without ending it. */
const BETWEEN_GROUPS = new Set(['dash', 'hyphen', 'uh', 'um', 'dot', 'and']);

/** The digits said at token `i`: "5", "five", "oh", "double five", "fifty five", "eight hundred". */
function pieceAt(tokens: readonly Token[], i: number): Piece | null {
  const word = tokens[i]?.norm ?? '';
  const next = tokens[i + 1]?.norm ?? '';
  if (/^[0-9]+$/.test(word)) return { digits: word, length: 1 };
  const digit = digitWords.get(word);
  if (digit !== undefined) {
    if (next === 'hundred') return { digits: `${digit}00`, length: 2 };
    return next === 'thousand' ? { digits: `${digit}000`, length: 2 } : { digits: digit, length: 1 };
  }
  const repeated = digitWords.get(next) ?? (/^[0-9]$/.test(next) ? next : undefined);
  const times = repeats.get(word);
  if (times !== undefined && repeated !== undefined) return { digits: repeated.repeat(times), length: 2 };
  const teen = teens.get(word);
  if (teen !== undefined) return { digits: String(teen), length: 1 };
  const ten = tens.get(word);
  if (ten === undefined) return null;
  const unit = units.get(next);
  return unit ? { digits: String(ten + unit), length: 2 } : { digits: String(ten), length: 1 };
}

/** Every maximal row of digits, left to right, whatever marks or "uh" stand between its groups. */
export function digitRuns(tokens: readonly Token[]): DigitRun[] {
  const runs: DigitRun[] = [];
  for (let i = 0; i < tokens.length;) {
    const run = pieceAt(tokens, i) ? runFrom(tokens, i) : null;
    if (run) runs.push(run);
    i = run?.to ?? i + 1;
  }
  return runs;
}

function runFrom(tokens: readonly Token[], from: number): DigitRun {
  const pieces: { token: number; before: number }[] = [];
  let digits = '';
  let to = from;
  const take = (token: number, piece: Piece): void => {
    pieces.push({ token, before: digits.length });
    digits += piece.digits;
    to = token + piece.length;
  };
  for (;;) {
    const piece = pieceAt(tokens, to);
    if (piece) {
      take(to, piece);
      continue;
    }
    // One word that is no digit is passed over when digits go on right behind it.
    const word = tokens[to]?.norm ?? '';
    const following = pieceAt(tokens, to + 1);
    const soundalike = soundalikes.get(word);
    if (!following) break;
    if (soundalike !== undefined) take(to, { digits: soundalike, length: 1 });
    else if (BETWEEN_GROUPS.has(word)) take(to + 1, following);
    else break;
  }
  return { digits, from, to, pieces };
}
