import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { cyclesIn, importsOf, importsUnder } from './imports.js';
import { violation } from './rooms.js';

const root = join(import.meta.dirname, '..', '..');
const imports = importsUnder(root, ['src', 'standins', 'temporal', 'test']);

describe('our own files', () => {
  test('import each other without a cycle', () => {
    expect(imports.length).toBeGreaterThan(100);
    expect(cyclesIn(imports).map((cycle) => cycle.join(' → '))).toEqual([]);
  });

  test('keep to the import table: rooms, composition roots, stand-ins', () => {
    const wrong = imports.flatMap((one) => {
      const problem = violation(one);
      return problem === undefined ? [] : [`${one.from} → ${one.to}: ${problem}`];
    });
    expect(wrong).toEqual([]);
  });
});

describe('the walk itself', () => {
  const value = (from: string, to: string) => ({ from, to, typeOnly: false });

  test('finds a cycle of three and one of a file with itself', () => {
    const found = cyclesIn([value('a', 'b'), value('b', 'c'), value('c', 'a'), value('d', 'd')]);
    expect(found).toEqual([
      ['a', 'b', 'c', 'a'],
      ['d', 'd'],
    ]);
  });

  test('does not call two ways to the same file a cycle, nor one closed by a type', () => {
    const diamond = [value('a', 'b'), value('a', 'c'), value('b', 'd'), value('c', 'd')];
    expect(cyclesIn([...diamond, { from: 'd', to: 'a', typeOnly: true }])).toEqual([]);
  });

  test('sees every form of import, and which of them are types only', () => {
    const text = `
      import a from './a.js'; import { type B } from './b.js'; import { type C, c } from './c.js';
      import type { D } from '../d.js'; export * from './e.js'; export type { F } from './f.js';
      type G = import('./g.js').G; const h = () => import('./h.js'); import './i.js'; import fs from 'node:fs';`;
    expect(importsOf('src/x/y.ts', text)).toEqual([
      { from: 'src/x/y.ts', to: 'src/x/a.ts', typeOnly: false },
      { from: 'src/x/y.ts', to: 'src/x/b.ts', typeOnly: true },
      { from: 'src/x/y.ts', to: 'src/x/c.ts', typeOnly: false },
      { from: 'src/x/y.ts', to: 'src/d.ts', typeOnly: true },
      { from: 'src/x/y.ts', to: 'src/x/e.ts', typeOnly: false },
      { from: 'src/x/y.ts', to: 'src/x/f.ts', typeOnly: true },
      { from: 'src/x/y.ts', to: 'src/x/g.ts', typeOnly: true },
      { from: 'src/x/y.ts', to: 'src/x/h.ts', typeOnly: false },
      { from: 'src/x/y.ts', to: 'src/x/i.ts', typeOnly: false },
    ]);
  });

  test.each([
    ['src/domain/a.ts', 'src/db/b.ts', true, 'may not import'],
    ['src/workflows/a.ts', 'src/activities/b.ts', false, 'only types'],
    ['src/api/routes/a.ts', 'src/workflows/intake.ts', false, 'only types'],
    ['src/voice/a.ts', 'src/workers/main.ts', false, 'composition root'],
    ['src/cli/up/a.ts', 'standins/clio/b.ts', false, 'stand-ins'],
    ['src/voice/a.ts', 'temporal/b.ts', false, 'outside src'],
    ['temporal/a.ts', 'src/workflows/b.ts', true, 'by itself'],
  ])('refuses %s → %s', (from, to, typeOnly, words) => {
    expect(violation({ from, to, typeOnly })).toContain(words);
  });

  test.each([
    ['src/workflows/a.ts', 'src/activities/b.ts', true],
    ['src/api/routes/a.ts', 'src/workflows/messages.ts', false],
    ['src/cli/up/a.ts', 'temporal/b.ts', false],
    ['src/api/server.ts', 'src/voice/b.ts', false],
    ['test/a.ts', 'standins/clio/b.ts', false],
  ])('allows %s → %s', (from, to, typeOnly) => {
    expect(violation({ from, to, typeOnly })).toBeUndefined();
  });
});
