import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const sources = ['src', 'bench'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name)),
);
const having = (pattern: RegExp): string[] =>
  sources.filter((file) => pattern.test(readFileSync(file, 'utf8')));

test('no client of Temporal is made without the codec, which would write in clear', () => {
  expect(having(/new (?:Workflow)?Client\(\{[^}]*\bdataConverter\b/)).toContain('src/api/temporal.ts');
  expect(having(/new (?:Workflow)?Client\((?!\{[^}]*\bdataConverter\b)/)).toEqual([]);
});

test('workers are made in one place, which is handed the codec', () => {
  const makers = having(/\bWorker\.create\(/).filter((file) => file.startsWith('src'));
  expect(makers).toEqual(['src/workers/workers.ts']);
});
