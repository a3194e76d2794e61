import { expect, test } from '@jest/globals';
import { terminalProgress } from '../../../src/cli/up/progress.js';
import { deferred } from './scene.js';

test('lines appear in the order the steps were announced, however they finish', async () => {
  const written: string[] = [];
  const progress = terminalProgress((text) => written.push(text), false);
  const [slow, quick] = [deferred<string>(), deferred<string>()];
  const steps = Promise.all([progress.step('Slow', slow.promise), progress.step('Quick', quick.promise)]);
  quick.resolve('second');
  await new Promise(setImmediate);
  expect(written).toEqual([]);
  slow.resolve('first');
  await steps;
  expect(written.map((line) => line.slice(0, 26).trimEnd())).toEqual([
    '✓ Slow              first',
    '✓ Quick             second',
  ]);
});

test('plain output has no escape codes and lines of equal shape', async () => {
  const written: string[] = [];
  const progress = terminalProgress((text) => written.push(text), false);
  await progress.step('A', Promise.resolve('short'));
  await progress.step('Longer label', Promise.resolve('a longer detail'));
  expect(written.join('')).not.toContain('\u001b');
  expect(written[0]!.length).toBe(written[1]!.length);
  expect(written[0]).toMatch(/^✓ A {17} *short +\d+ ms\n$/);
});

test('a step that fails shows no line, and its error reaches whoever waits', async () => {
  const written: string[] = [];
  const progress = terminalProgress((text) => written.push(text), false);
  const failing = progress.step('Broken', Promise.reject(new Error('no luck')));
  await expect(failing).rejects.toThrow('no luck');
  await progress.step('Next', Promise.resolve('goes on'));
  expect(written).toHaveLength(1);
});
