import { expect, test } from '@jest/globals';
import { statementName } from '../../src/db/statement-names.js';

test('a statement keeps its name, two have two, and beyond five hundred they have none', () => {
  const first = statementName('select 1');
  expect(statementName('select 2')).not.toBe(first);
  expect(statementName('select 1')).toBe(first);
  const names = Array.from({ length: 600 }, (_, i) => statementName(`select ${i} as n`));
  expect(names.at(-1)).toBeUndefined();
  expect(new Set(names.filter((name) => name !== undefined)).size).toBe(498);
  expect(statementName('select 1')).toBe(first);
});
