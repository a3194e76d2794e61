import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { findPhone } from '../../../src/domain/extract/phone.js';
import { utterance } from '../../../src/domain/extract/utterance.js';

const WORDS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
const phoneIn = (text: string): string | undefined => findPhone(utterance(text))?.value;

/** Numbers of the numbering plan, as ten digits. */
const national = fc
  .tuple(
    fc.integer({ min: 200, max: 999 }),
    fc.integer({ min: 200, max: 999 }),
    fc.integer({ min: 0, max: 9_999 }),
  )
  .map(([area, exchange, line]) => `${area}${exchange}${String(line).padStart(4, '0')}`);

describe('a telephone number', () => {
  test.each([
    ['my number is (512) 555-0142', '+15125550142'],
    ['512.555.0142', '+15125550142'],
    ['+1 512 555 0142 please', '+15125550142'],
    ['five one two five five five oh one four two', '+15125550142'],
    ['one five one two five five five zero one four two', '+15125550142'],
    ['area code five one two uh five five five dash oh one four two', '+15125550142'],
    ['five twelve five fifty five oh one forty two', '+15125550142'],
    ['five one two triple five oh one four two', '+15125550142'],
    ['eight hundred five five five oh one four two', '+18005550142'],
    ["It's eight one three... five five five... oh one seven four.", '+18135550174'],
    ['i am thirty four and it is five one two five five five zero one four two', '+15125550142'],
    ['five one two five five five oh one for two', '+15125550142'],
    ['four one five five five five though one nine nine', '+14155550199'],
    ['cinco cinco nueve, cinco cinco cinco, cero uno seis tres', '+15595550163'],
    ['my number is 512 555 0142, no, 512 555 0143', '+15125550143'],
  ])('is found in "%s"', (text, expected) => {
    expect(phoneIn(text)).toBe(expected);
  });

  test.each([
    'five one two five five five',
    'about eleven months behind, maybe twenty-three thousand',
    'his phone number is five one two five five five oh one four two',
    'my case number is 512 555 0142',
    '1 1 2 5 5 5 0 1 4 2',
    'constructor valueOf hasOwnProperty five',
  ])('is not made out of "%s"', (text) => {
    expect(phoneIn(text)).toBeUndefined();
  });

  test('any number of the plan survives being said digit by digit, grouped and wrapped in words', () => {
    fc.assert(
      fc.property(national, fc.constantFrom(' ', ', ', '. ', '... '), fc.boolean(), (digits, pause, oh) => {
        const groups = [digits.slice(0, 3), digits.slice(3, 6), digits.slice(6)];
        const said = groups
          .map((group) => Array.from(group, (d) => (d === '0' && oh ? 'oh' : WORDS[Number(d)])).join(' '))
          .join(pause);
        return phoneIn(`you can reach me at ${said} in the evening`) === `+1${digits}`;
      }),
    );
  });
});
