import { expect, test } from '@jest/globals';
import {
  pageAmount,
  readLawPaySettings,
  unitShownBy,
  verifiedUnit,
} from '../../../src/domain/payments/settings.js';

const proof = { unit: 'cents', shownCents: 1_234, by: 'pat', atMs: 1 } as const;

test('the sum on the page tells cents from dollars, and anything else is refused', () => {
  expect(unitShownBy(1_234)).toBe('cents');
  expect(unitShownBy(123_400)).toBe('dollars');
  for (const shown of [12, 1_235, 12_340, 12_340_000]) expect(unitShownBy(shown)).toBeUndefined();
});

test('no amount is asked for before somebody has looked, nor on a proof that contradicts itself', () => {
  expect(() => verifiedUnit(readLawPaySettings({ mode: 'live' }))).toThrow('nobody has verified');
  // What older versions kept: somebody’s word, with nothing seen.
  expect(() => verifiedUnit(readLawPaySettings({ amountUnit: 'cents' }))).toThrow('nobody has verified');
  const forged = readLawPaySettings({ unitProof: { ...proof, unit: 'dollars' } });
  expect(() => verifiedUnit(forged)).toThrow('nobody has verified');
  expect(verifiedUnit(readLawPaySettings({ unitProof: proof }))).toEqual(proof);
});

test('an amount is written in the unit of the page', () => {
  expect(pageAmount(80_000, proof)).toBe('80000');
  expect(pageAmount(80_005, { ...proof, unit: 'dollars', shownCents: 123_400 })).toBe('800.05');
});

test('a setting that cannot be read is named', () => {
  expect(() => readLawPaySettings({ mode: 'demo' })).toThrow('"mode"');
  expect(() => readLawPaySettings({ accounts: { trust: 'has spaces in it' } })).toThrow('"accounts.trust"');
});
