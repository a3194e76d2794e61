import { describe, expect, test } from '@jest/globals';
import { localDay } from '../../../src/domain/extract/calendar.js';
import { findDates } from '../../../src/domain/extract/dates.js';
import { utterance } from '../../../src/domain/extract/utterance.js';
import { NOW } from '../conversation.js';

/** Wednesday, 18 November 2026. */
const today = localDay(NOW, 'America/Chicago');
const datesIn = (text: string, asked: 'when' | 'story' | null = null): string[] =>
  findDates(utterance(text), asked, today).map(({ type, date, precision }) => `${type} ${date} ${precision}`);

describe('dates', () => {
  test.each([
    ['it happened on november fourteenth', ['incident 2026-11-14 day']],
    ['it happened on november fourteen', ['incident 2026-11-14 day']],
    ['It was this past Saturday, the fourteenth, about four in the afternoon.', ['incident 2026-11-14 day']],
    ['i was hit last saturday', ['incident 2026-11-14 day']],
    ['i fell yesterday', ['incident 2026-11-17 day']],
    ['last wednesday he hit me', ['incident 2026-11-11 day']],
    ['it happened two weeks ago', ['incident 2026-11-04 approx']],
    ['the crash was three days ago', ['incident 2026-11-15 day']],
    ['i was fired on december twenty first', ['incident 2025-12-21 day']],
    ['i was arrested on the fifteenth', ['incident 2026-11-15 day']],
    ['The accident was 11/2/2026.', ['incident 2026-11-02 day']],
    ['it happened on march third twenty twenty five', ['incident 2025-03-03 day']],
    ['it happened in january this year', ['incident 2026-01-01 month']],
    ['yes that is fine i got arrested last friday for a dui', ['incident 2026-11-13 day']],
    ['it happened in atlanta georgia i have torn on december ninth', ['other 2026-12-09 day']],
    ['I have court on December fourteenth, Boulder County.', ['hearing 2026-12-14 day']],
    ['my hearing is tomorrow', ['hearing 2026-11-19 day']],
    ['my hearing is today', ['hearing 2026-11-18 day']],
    ['they are selling my house on the first of december', ['deadline 2026-12-01 day']],
    ['The guy handed it to me at work on November second.', ['served 2026-11-02 day']],
  ])('"%s"', (text, expected) => {
    expect(datesIn(text)).toEqual(expected);
  });

  test.each([
    'Tomorrow at ten works.',
    'My date of birth is the fourth of July nineteen ninety.',
    'I am seeing a chiropractor tomorrow',
    'she comes mondays',
    'call me on friday at six',
    'may i ask you something, march is over',
    'the second car and the third time',
    'since march of last year',
    'february thirtieth',
    'constructor of the toString year',
  ])('"%s" is no date of the matter', (text) => {
    expect(datesIn(text)).toEqual([]);
  });

  test('a bare weekday is a date when it answers "when?"', () => {
    expect(datesIn('monday')).toEqual([]);
    expect(datesIn('monday', 'when')).toEqual(['incident 2026-11-16 day']);
  });

  test('"yesterday" is counted in the firm’s zone', () => {
    // 03:30 UTC on the 19th is still the evening of the 18th in Chicago.
    expect(localDay(Date.parse('2026-11-19T03:30:00Z'), 'America/Chicago')).toBe(today);
    expect(localDay(Date.parse('2026-11-19T03:30:00Z'), 'UTC')).toBe(today + 1);
  });

  test('a zone nobody knows counts as UTC instead of failing', () => {
    expect(localDay(Date.parse('2026-11-19T03:30:00Z'), 'Mars/Olympus')).toBe(today + 1);
  });
});
