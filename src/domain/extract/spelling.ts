/** Names spelled out: "D-A-N-A", "l o p e z", "r as in robert". */
import type { Token, Utterance } from './utterance.js';

export interface SpelledRun {
  letters: string;
  from: number;
  to: number;
}

const isLetter = (token: Token | undefined): boolean =>
  token !== undefined && /^[a-z]$/.test(token.norm) && token.raw.length === 1;

/** "as in robert" and "for robert" after a letter: number of tokens to skip. */
function example(tokens: readonly Token[], i: number): number {
  if (tokens[i]?.norm === 'as' && tokens[i + 1]?.norm === 'in') return 3;
  return tokens[i]?.norm === 'for' && tokens[i + 1] && !isLetter(tokens[i + 1]) ? 2 : 0;
}

/** Rows of at least three single letters; commas and sentence ends separate two names. */
export function spelledRuns(u: Utterance): SpelledRun[] {
  const { tokens } = u;
  const runs: SpelledRun[] = [];
  for (let i = 0; i < tokens.length;) {
    if (!isLetter(tokens[i])) {
      i += 1;
      continue;
    }
    const from = i;
    let letters = '';
    while (isLetter(tokens[i]) && (i === from || continues(tokens[i], tokens[i - 1]))) {
      letters += tokens[i]?.norm ?? '';
      i += 1 + example(tokens, i + 1);
    }
    if (letters.length >= 3) runs.push({ letters, from, to: i });
  }
  return runs;
}

/** With hyphens, a wider gap ends the name ("D-A-N-A, W-H-I-T"); without, only a comma after a long row does. */
function continues(token: Token | undefined, before: Token | undefined): boolean {
  if (!token || !before) return false;
  if (token.gap === 'stop') return false;
  return (
    !(token.gap === 'comma' && before.gap === 'hyphen') && !(token.gap === 'space' && before.gap === 'hyphen')
  );
}

/** Edit distance, given up (as 99) when the lengths differ by more than two. */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2 || a.length > 40) return 99;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitute = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substitute, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 99;
}

/** The same name, give or take what a recogniser gets wrong. */
export const similar = (a: string, b: string): boolean =>
  distance(a, b) <= (Math.max(a.length, b.length) > 5 ? 2 : 1);
