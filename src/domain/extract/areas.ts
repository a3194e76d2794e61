/** The area of practice, by weighing what the caller says against the lexicon. */
import type { PracticeArea } from '../firm.js';
import { lexicon } from './lexicon.js';
import type { Utterance } from './utterance.js';

export interface AreaHit {
  area: PracticeArea;
  weight: number;
  phrase: string;
  from: number;
  to: number;
}
interface Entry {
  area: PracticeArea;
  weight: number;
  words: readonly string[];
}

/** Phrases by first word, longest first, so that one look-up per token finds them. */
const byFirstWord: ReadonlyMap<string, readonly Entry[]> = index();

function index(): Map<string, Entry[]> {
  const map = new Map<string, Entry[]>();
  for (const [area, phrases] of Object.entries(lexicon) as [PracticeArea, (typeof lexicon)[PracticeArea]][]) {
    for (const weight of [1, 2, 3] as const) {
      for (const phrase of phrases[weight].split(', ')) {
        const words = phrase.split(' ');
        const first = words[0] ?? '';
        map.set(first, [...(map.get(first) ?? []), { area, weight, words }]);
      }
    }
  }
  for (const entries of map.values()) entries.sort((a, b) => b.words.length - a.words.length);
  return map;
}

/** Every phrase of the lexicon in these words; at one place the longest of each area counts. */
export function areaHits(u: Utterance): AreaHit[] {
  const hits: AreaHit[] = [];
  const claimed = new Map<PracticeArea, number>();
  for (let i = 0; i < u.tokens.length; i++) {
    for (const { area, weight, words } of byFirstWord.get(u.tokens[i]?.norm ?? '') ?? []) {
      const to = i + words.length;
      if ((claimed.get(area) ?? 0) > i) continue;
      if (!words.every((word, k) => u.tokens[i + k]?.norm === word)) continue;
      claimed.set(area, to);
      hits.push({ area, weight, phrase: words.join(' '), from: i, to });
    }
  }
  return hits;
}

/** A single hint is not enough; two hints or one pointer are. */
export const ENOUGH = 2;
