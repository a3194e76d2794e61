/** Cuts the model's stream into pieces that can be spoken on their own: sentences, or clauses where one runs long. */

/** Ends of sentence that are none. */
const abbreviation = /(?:^|\s)(?:mr|mrs|ms|dr|st|no|vs|jr|sr|inc|co|ave|[a-z])\.$/i;
/** A sentence end counts only with white space behind it: "3.5" and "a.m.," stay whole. */
const sentenceEnd = /[.!?…]["')\]]?\s/g;
const clauseEnd = /[,;:—]\s/g;

/** From these lengths on a comma is good enough to cut at. The first piece is short because the caller waits for it. */
const FIRST_SOFT_CHARS = 60;
const LATER_SOFT_CHARS = 160;
/** Nothing longer is handed to a speech engine. */
const HARD_CHARS = 300;

export interface ClauseSplitter {
  /** @returns the clauses this piece completes, trimmed, none of them empty. */
  push(piece: string): string[];
  /** @returns what is left, if anything. The splitter is then empty again. */
  flush(): string[];
}

export function createClauseSplitter(): ClauseSplitter {
  let buffer = '';
  let first = true;
  return {
    push(piece) {
      buffer += piece;
      const clauses: string[] = [];
      for (let end = cutAt(buffer, first); end > 0; end = cutAt(buffer, first)) {
        clauses.push(buffer.slice(0, end).trim());
        buffer = buffer.slice(end).trimStart();
        first = false;
      }
      return clauses.filter((clause) => clause !== '');
    },
    flush() {
      const rest = buffer.trim();
      buffer = '';
      return rest === '' ? [] : [rest];
    },
  };
}

/** Where the first clause of the text ends, or 0 when it has not ended yet. */
function cutAt(text: string, first: boolean): number {
  for (const match of text.matchAll(sentenceEnd)) {
    const end = match.index + match[0].length;
    if (!abbreviation.test(text.slice(0, match.index + 1))) return end;
  }
  const softChars = first ? FIRST_SOFT_CHARS : LATER_SOFT_CHARS;
  for (const match of text.matchAll(clauseEnd)) {
    const end = match.index + match[0].length;
    if (end >= softChars) return end;
  }
  if (text.length < HARD_CHARS) return 0;
  const space = text.lastIndexOf(' ', HARD_CHARS);
  return space > 0 ? space + 1 : HARD_CHARS;
}
