import { expect, test } from '@jest/globals';
import { foldName, hitsAmong } from '../../src/domain/conflicts.js';

const contact = (id: string, name: string, ...phones: string[]) => ({ id, name, phones });
const ids = (hits: { id: string }[]) => hits.map(({ id }) => id);

test('names are the same without accents, case and punctuation', () => {
  expect(foldName('  LUCÍA  Ramírez-Ochoa, ')).toBe(foldName('Lucia Ramirez Ochoa'));
  expect(foldName('Quickline Parcel')).not.toBe(foldName('Quickline Parcels'));
});

test('a contact of the same name is a hit; the one this intake made and near misses are not', () => {
  const known = [contact('1', 'Curtis Boyle'), contact('2', 'CURTIS BOYLE'), contact('3', 'Curtis Boyles')];
  expect(ids(hitsAmong({ name: 'Curtis Boyle' }, known, '1'))).toEqual(['2']);
});

test('the caller calling again is no conflict, a namesake with another number is', () => {
  const caller = { name: 'Dana Whitcomb', phoneE164: '+15125550142' };
  const known = [
    contact('1', 'Dana Whitcomb', '(512) 555-0142'),
    contact('2', 'Dana Whitcomb', '+1 713 555 0131'),
    contact('3', 'Dana Whitcomb'),
  ];
  expect(ids(hitsAmong(caller, known, '9'))).toEqual(['2', '3']);
});

test('a name without letters hits nothing', () => {
  expect(hitsAmong({ name: '?!' }, [contact('1', '')], '9')).toEqual([]);
});
