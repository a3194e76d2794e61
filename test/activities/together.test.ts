import { expect, test } from '@jest/globals';
import { together } from '../../src/activities/together.js';

/** Runs that end when they are told to. */
function runs() {
  const begun: { items: readonly string[]; end: (error?: Error) => void }[] = [];
  const join = together<string>(
    (items) =>
      new Promise((resolve, reject) => {
        begun.push({ items, end: (error) => (error ? reject(error) : resolve()) });
      }),
  );
  return { begun, join };
}
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('the first goes at once, and all who come meanwhile go together after it, in their order', async () => {
  const { begun, join } = runs();
  const first = join(['a']);
  await settle();
  const others = [join(['b']), join(['c', 'd']), join(['e'])];
  await settle();
  expect(begun.map(({ items }) => items)).toEqual([['a']]);
  begun[0]?.end();
  await first;
  await settle();
  expect(begun.map(({ items }) => items)).toEqual([['a'], ['b', 'c', 'd', 'e']]);
  begun[1]?.end();
  await Promise.all(others);
});

test('a run that fails fails those whose items it took, and nobody else', async () => {
  const { begun, join } = runs();
  const first = join(['a']);
  await settle();
  const second = join(['b']);
  begun[0]?.end(new Error('the database is away'));
  await expect(first).rejects.toThrow('the database is away');
  await settle();
  begun[1]?.end();
  await second;
  const third = join(['c']);
  await settle();
  begun[2]?.end();
  await third;
  expect(begun.map(({ items }) => items)).toEqual([['a'], ['b'], ['c']]);
});
