/**
 * Whether a voice keeps to its text. A realtime model is asked to read aloud, and could answer instead; what it says is
 * decided by code and filtered before, so a voice that strays is as bad as one that is silent.
 */

/** Spoken forms of figures, signs and abbreviations: a transcript may write them out. */
const SPELT =
  /^(zero|oh|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|first|second|third|\w+th|a|p|m|am|pm|and|at|dot|dash|dollars?|cents?|percent|number|doctor|mister|street|avenue|road)$/;
/** So many strange words are misspellings; more are another text. */
const TOLERATED = 3;
/** Long texts have more names to misspell. */
const TOLERATED_SHARE = 0.25;

export class VerbatimCheck {
  private readonly allowed: ReadonlySet<string>;
  private readonly limit: number;
  private pending = '';
  private strange = 0;

  constructor(text: string) {
    const words = wordsIn(text);
    this.allowed = new Set(words);
    this.limit = Math.max(TOLERATED, words.length * TOLERATED_SHARE);
  }

  /** Takes the next piece of what is being said. @returns false once it is another text. */
  keepsTo(delta: string): boolean {
    const said = this.pending + delta;
    // The last word may still go on.
    const cut = /[\p{L}\p{N}’']*$/u.exec(said)?.index ?? said.length;
    this.pending = said.slice(cut);
    for (const word of wordsIn(said.slice(0, cut))) {
      if (!this.allowed.has(word) && !SPELT.test(word)) this.strange += 1;
    }
    return this.strange <= this.limit;
  }
}

/** Words in small letters without accents; those with figures in them are left out. */
function wordsIn(text: string): string[] {
  const plain = text
    .normalize('NFKD')
    .replace(/[\p{M}’']/gu, '')
    .toLowerCase();
  return (plain.match(/[\p{L}\p{N}]+/gu) ?? []).filter((word) => !/\p{N}/u.test(word));
}
