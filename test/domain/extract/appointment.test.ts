import { describe, expect, test } from '@jest/globals';
import { localDay } from '../../../src/domain/extract/calendar.js';
import { nothingKnown } from '../../../src/domain/extract/facts.js';
import { hear } from '../../../src/domain/extract/hear.js';
import type { Question } from '../../../src/domain/extract/question.js';
import { utterance } from '../../../src/domain/extract/utterance.js';
import type { FirmProfile } from '../../../src/domain/firm.js';
import { converse, firm, NOW, recordOf } from '../conversation.js';

/** Wednesday, 18 November 2026. */
const today = localDay(NOW, 'America/Chicago');
const wishIn = (text: string, asked: Question | null = 'appointment') =>
  hear(nothingKnown, { u: utterance(text), turn: 3, asked, today }).appointment;

describe('a wish for a consultation', () => {
  test.each([
    ['Friday at ten thirty.', '2026-11-20', '10:30'],
    ['friday at ten thirty', '2026-11-20', '10:30'],
    ['tomorrow at two', '2026-11-19', '14:00'],
    ['Tomorrow, 2 pm works for me', '2026-11-19', '14:00'],
    ['how about next monday at nine in the morning', '2026-11-23', '09:00'],
    ['monday at 4:15', '2026-11-23', '16:15'],
    ['on the twenty third around noon', '2026-11-23', '12:00'],
    ["december first, eleven o'clock", '2026-12-01', '11:00'],
    ['Tuesday 9am', '2026-11-24', '09:00'],
    ['seven p m on thursday', '2026-11-19', '19:00'],
  ])('"%s"', (text, date, time) => {
    expect(wishIn(text)?.value).toEqual({ date, time });
  });

  test.each([
    ['friday morning would be best', '2026-11-20'],
    ['any time on december fifth', '2026-12-05'],
  ])('"%s" names a day and no time', (text, date) => {
    expect(wishIn(text)?.value).toEqual({ date });
  });

  test.each(['any time', 'no', 'whenever you like', 'I called you yesterday'])(
    '"%s" names no day, so there is no wish',
    (text) => {
      expect(wishIn(text)).toBeUndefined();
    },
  );

  test('is heard in the answer to that question only', () => {
    expect(wishIn('friday at ten', 'when')).toBeUndefined();
    expect(wishIn('friday at ten', null)).toBeUndefined();
  });
});

const lines = [
  'Yes that is okay. I was fired from my job.',
  'Dana Whitcomb',
  'five one two, five five five, zero one four two',
  'yes',
  'Acme Corporation, my boss was Alex Roe',
  'They let me go two weeks ago after I complained about my pay and nobody would tell me why it was me and not somebody else, in Austin Texas',
  'no',
];
const asked = (of: FirmProfile, more: string[] = []) =>
  converse([...lines, ...more], of).acts.map(({ asks }) => asks);

describe('the agent', () => {
  const taking: FirmProfile = { ...firm, appointments: { minutes: 30 } };

  test('asks a firm’s callers once when they would like to be called, and the record keeps their answer', () => {
    expect(asked(taking).filter((question) => question === 'appointment')).toHaveLength(1);
    const before = asked(taking).indexOf('appointment');
    const { turns } = converse([...lines.slice(0, before), 'friday at ten', 'no'], taking);
    expect(recordOf(turns, { firm: taking }).appointment).toMatchObject({
      value: { date: '2026-11-20', time: '10:00' },
      source: 'caller',
      verbatim: 'friday at ten',
    });
    expect(recordOf(turns, { firm: taking }).keyDates.map(({ value }) => value.date)).not.toContain(
      '2026-11-20',
    );
  });

  test('does not ask where the firm takes no wishes', () => {
    expect(asked(firm, ['no', 'no'])).not.toContain('appointment');
  });
});
