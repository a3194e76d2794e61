import { SAMPLE_RATE_HZ } from '../ports.js';

/** One clause of a reply and the audio made of it so far. */
export interface SpokenClause {
  text: string;
  samples: number;
  /** False while the engine still speaks it, so `samples` may grow. */
  complete: boolean;
}

/** An unhurried voice says about 15 characters a second; used only for a clause whose length is not known yet. */
const SAMPLES_PER_CHAR = SAMPLE_RATE_HZ / 15;

/**
 * What a caller has heard of a reply when `playedSamples` of its audio have been played: whole clauses, and of the last
 * one as many whole words as the proportion of its audio. Clauses without audio (the speech engine failed) were shown as
 * text and count when everything before them was heard.
 */
export function heardText(clauses: readonly SpokenClause[], playedSamples: number): string {
  return splitAtHeard(clauses, playedSamples).heard;
}

/** As `heardText`, and what the caller has not heard: a word that was cut off is part of the rest. */
export function splitAtHeard(
  clauses: readonly SpokenClause[],
  playedSamples: number,
): { heard: string; rest: string } {
  const heard: string[] = [];
  const rest: string[] = [];
  let left = playedSamples;
  for (const clause of clauses) {
    const total = clause.complete
      ? clause.samples
      : Math.max(clause.samples, clause.text.length * SAMPLES_PER_CHAR);
    if (rest.length > 0 || left < total) {
      const words = clause.text.split(/\s+/);
      const count = rest.length > 0 ? 0 : wordsWithin(words, clause.text.length * (left / total));
      heard.push(words.slice(0, count).join(' '));
      rest.push(words.slice(count).join(' '));
    } else heard.push(clause.text);
    left -= total;
  }
  const joined = (texts: string[]): string => texts.filter((text) => text !== '').join(' ');
  return { heard: joined(heard), rest: joined(rest) };
}

/** The clauses of which not all has been heard, the one being heard first. One without audio was shown, so it counts as heard. */
export function unheardClauses(clauses: readonly SpokenClause[], playedSamples: number): SpokenClause[] {
  let left = playedSamples;
  const from = clauses.findIndex((clause) => {
    left -= clause.samples;
    return left < 0 || (left === 0 && !clause.complete && clause.samples > 0);
  });
  return from < 0 ? [] : clauses.slice(from);
}

/** How many of the words fit into so many characters. */
function wordsWithin(words: readonly string[], chars: number): number {
  let count = 0;
  let length = 0;
  for (const word of words) {
    length += word.length;
    if (length > chars) break;
    count += 1;
    length += 1;
  }
  return count;
}
