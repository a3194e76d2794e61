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
  const heard: string[] = [];
  let left = playedSamples;
  for (const clause of clauses) {
    const total = clause.complete
      ? clause.samples
      : Math.max(clause.samples, clause.text.length * SAMPLES_PER_CHAR);
    if (left < total) {
      heard.push(firstWords(clause.text, left / total));
      break;
    }
    heard.push(clause.text);
    left -= total;
  }
  return heard.filter((text) => text !== '').join(' ');
}

function firstWords(text: string, share: number): string {
  const words = text.split(/\s+/);
  const chars = text.length * share;
  let count = 0;
  let length = 0;
  for (const word of words) {
    length += word.length;
    if (length > chars) break;
    count += 1;
    length += 1;
  }
  return words.slice(0, count).join(' ');
}
