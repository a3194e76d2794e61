import pc from 'picocolors';

/** Colours on a terminal, none when piped or when NO_COLOR is set. */
export type Style = Record<
  'bold' | 'dim' | 'good' | 'warn' | 'bad' | 'caller' | 'agent',
  (text: string) => string
>;

/** @param colour whether to use escape codes; pass `process.stdout.isTTY` (undefined when piped) and the user's wishes. */
export function createStyle(colour: boolean | undefined): Style {
  // Never undefined: the library would then decide by itself, and colour a pipe when CI is set.
  const c = pc.createColors(colour === true);
  return {
    bold: c.bold,
    dim: c.dim,
    good: c.green,
    warn: c.yellow,
    bad: c.red,
    caller: c.cyan,
    agent: c.magenta,
  };
}

/** Breaks `text` at spaces into lines of at most `width` characters; a longer word stays whole. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter(Boolean)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}

/** Rows of cells as aligned text: each column as wide as its widest cell, two spaces between. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows.reduce<number[]>(
    (w, row) => row.map((cell, i) => Math.max(w[i] ?? 0, cell.length)),
    [],
  );
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
