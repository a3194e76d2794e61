import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CARD_REMOVED, luhnValid, redactCardNumbers } from '../../../src/domain/extract/cards.js';
import { digitRuns } from '../../../src/domain/extract/digits.js';
import { utterance } from '../../../src/domain/extract/utterance.js';

const WORDS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
const inWords = (digits: string): string => Array.from(digits, (d) => WORDS[Number(d)]).join(' ');

/** Luhn-valid numbers of 13 to 19 digits. */
const card = fc
  .array(fc.integer({ min: 0, max: 9 }), { minLength: 12, maxLength: 18 })
  .map((digits) => digits.join(''))
  .map((head) => [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((check) => `${head}${check}`).find(luhnValid) ?? head);
const written = fc
  .tuple(card, fc.constantFrom('plain', 'groups', 'hyphens', 'words'))
  .map(([digits, how]) => {
    if (how === 'words') return inWords(digits);
    return how === 'plain' ? digits : (digits.match(/.{1,4}/g) ?? []).join(how === 'groups' ? ' ' : '-');
  });

describe('card numbers', () => {
  test.each([
    ['it is 4111 1111 1111 1111 thanks', `it is ${CARD_REMOVED} thanks`],
    [`my visa is ${inWords('4111111111111111')}`, `my visa is ${CARD_REMOVED}`],
    [
      '4111-1111-1111-1111, expires 12/28, cvv 123.',
      `${CARD_REMOVED}, expires ${CARD_REMOVED}, cvv ${CARD_REMOVED}.`,
    ],
    ['card number 4111 1111 1111 1112', `card number ${CARD_REMOVED}`],
    ['378282246310005', CARD_REMOVED],
  ])('are cut out of "%s"', (text, expected) => {
    expect(redactCardNumbers(text)).toBe(expected);
  });

  test.each([
    'call me at 512 555 0142 or 512 555 0143',
    `my phone is ${inWords('5125550142')}`,
    'my card is at home, call 15125550142',
    'it happened on 11/14/2026 at 16:00, my case is 2026-118',
  ])('are not seen in "%s"', (text) => {
    expect(redactCardNumbers(text)).toBe(text);
  });

  test('no valid number of 13 to 19 digits survives, however it is said', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('', 'it is ', 'sure, take '),
        written,
        fc.constantFrom('', ' okay', '. Anything else?'),
        (before, number, after) => {
          const left = redactCardNumbers(before + number + after);
          return (
            left.startsWith(before) &&
            left.endsWith(after) &&
            digitRuns(utterance(left).tokens).every((run) => run.digits.length < 13)
          );
        },
      ),
    );
  });

  test('one telephone number is left alone in any text without a card', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2_002_000_000, max: 9_999_999_999 }), fc.boolean(), (number, words) => {
        const text = `my number is ${words ? inWords(String(number)) : number}`;
        return redactCardNumbers(text) === text;
      }),
    );
  });

  test('a number in the middle of a very long turn is cut, and nothing else is lost', () => {
    const filler = 'and then he said that '.repeat(600);
    expect(redactCardNumbers(`${filler}4111 1111 1111 1111 ${filler}`)).toBe(
      `${filler}${CARD_REMOVED} ${filler}`,
    );
  });

  test('any text at all comes back, cut or whole', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 300 }),
        (text) => typeof redactCardNumbers(text) === 'string',
      ),
    );
  });
});
