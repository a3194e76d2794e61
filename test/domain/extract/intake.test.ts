import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Turn } from '../../../src/domain/turn.js';
import { converse, firm, NOW, recordOf } from '../conversation.js';

const happy = [
  'yes that is fine i was hurt in a car accident',
  'my name is maria lopez',
  'five one two five five five zero one four two',
  'yes that is right',
  'the driver was curtis boyle',
  'it happened on november fourteenth in austin texas a truck hit me from behind',
  'no i do not have a lawyer',
  'no that is all thank you',
];

/** Words that rules look for, so that random turns reach them. */
const loaded = fc.constantFrom(
  ..."my name is maria lopez i am five one two oh double hundred at dot com example november fourteenth last saturday court no yes not record text the driver was her lawyer l o p e z landlord don't use that number in texas 4111 , . @ constructor __proto__ Ünï 你好 🙂".split(
    ' ',
  ),
);
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.array(loaded, { maxLength: 40 }).map((words) => words.join(' ')),
);
const anyTurns = fc.array(fc.record({ caller: fc.boolean(), text: anyText }), { maxLength: 14 }).map((list) =>
  list.map(({ caller, text }, i): Turn => ({
    number: i + 1,
    role: caller ? 'caller' : 'agent',
    text,
    atMs: NOW + i,
    input: caller ? 'speech' : 'spoken',
  })),
);

describe('the intake record', () => {
  test('holds what a caller said in the order the agent asked', () => {
    const record = recordOf(converse(happy).turns);
    expect({
      name: [record.contact.firstName?.value, record.contact.lastName?.value],
      phone: record.contact.phone?.value,
      area: record.matter.practiceArea?.value,
      date: record.matter.incidentDate?.value,
      state: record.matter.state?.value,
      consent: record.consents.recording?.value,
      searched: record.conflict.namesSearched,
      disposition: record.disposition,
    }).toEqual({
      name: ['Maria', 'Lopez'],
      phone: '+15125550142',
      area: 'personal_injury',
      date: '2026-11-14',
      state: 'TX',
      consent: 'granted',
      searched: ['Maria Lopez', 'Curtis Boyle'],
      disposition: 'attorney_review',
    });
  });

  test('keeps the words and the turn of every field', () => {
    const { turns } = converse(happy);
    const { contact } = recordOf(turns);
    expect(contact.lastName).toMatchObject({ turn: 4, verbatim: 'lopez', source: 'caller' });
    expect(contact.phone).toMatchObject({
      turn: 6,
      verbatim: 'five one two five five five zero one four two',
    });
  });

  test('does not change when turns arrive twice and out of order', () => {
    const { turns } = converse(happy);
    expect(recordOf([...turns].reverse().concat(turns))).toEqual(recordOf(turns));
  });

  test('takes the latest number and keeps the one it replaced', () => {
    const record = recordOf(
      converse([
        'yes my name is luis carrasco',
        'seven one three five five five zero one three one',
        'no it is eight three two five five five zero one eight seven',
      ]).turns,
    );
    expect(record.contact.phone?.value).toBe('+18325550187');
    expect(record.corrections).toMatchObject([{ path: 'contact.phone', was: { value: '+17135550131' } }]);
  });

  test('never falls back on a caller id that the caller asked us not to use', () => {
    const { turns } = converse([
      'yes',
      'Luis Carrasco. Seven one three, five five five, oh one three one.',
      "Don't use that number, that's the company phone.",
    ]);
    expect(recordOf(turns, { callerIdE164: '+17135550131' }).contact.phone).toBeUndefined();
    expect(recordOf(turns, { callerIdE164: '+18325550187' }).contact.phone?.source).toBe('caller_id');
  });

  test('puts a number together that was said in two breaths', () => {
    const { turns, acts } = converse([
      'yes i need a divorce',
      'yes',
      'maria lopez',
      'five one two five five five',
      'zero one four two',
    ]);
    expect(acts[4]?.template).toContain('five one two five five five');
    expect(recordOf(turns).contact.phone?.value).toBe('+15125550142');
  });

  test('keeps no narrative of a caller who refused the recording', () => {
    const record = recordOf(
      converse(['No, do not record me. My wife filed for divorce.', 'Greg Novak']).turns,
    );
    expect(record.consents.recording?.value).toBe('refused');
    expect(record.matter.narrative).toEqual([]);
    expect(record.matter.practiceArea?.value).toBe('family');
  });

  test('never holds a card number, whoever forgot to cut it', () => {
    const { turns } = converse([
      'yes i need a divorce, my card is 4111 1111 1111 1111',
      'maria lopez four one one one one one one one one one one one one one one one',
    ]);
    expect(JSON.stringify(recordOf(turns))).not.toMatch(/4111|four one one one/);
  });
});

describe('the disposition', () => {
  const of = (lines: string[], options: Parameters<typeof recordOf>[1] = {}): string =>
    recordOf(converse(lines).turns, options).disposition;

  test.each([
    ['nobody said a word', [], 'abandoned'],
    ['a caller without a name or a number', ['yes i was in a car accident'], 'abandoned'],
    ['a name and no number', ['yes', 'maria lopez'], 'abandoned'],
    [
      'a name and a number, no reason',
      ['yes', 'my name is maria lopez five one two five five five zero one four two'],
      'callback_needed',
    ],
    ['a full intake', happy, 'attorney_review'],
    [
      'an area the firm does not take',
      ['yes i need a patent', 'maria lopez', 'five one two five five five zero one four two'],
      'referred_out',
    ],
    ['a client of the firm', ['yes i am already a client', 'maria lopez'], 'message_taken'],
    ['a wrong number', ['sorry i have the wrong number my name is maria lopez'], 'no_action'],
    ['danger', ['yes i need a divorce', 'he is in the house right now'], 'attorney_review'],
  ])('%s', (_, lines, expected) => {
    expect(of(lines)).toBe(expected);
  });

  test('a dropped call with facts missing is abandoned, and keeps what was said', () => {
    const lines = ['yes', 'my name is maria lopez five one two five five five zero one four two'];
    expect(of(lines, { endReason: 'dropped' })).toBe('abandoned');
    expect(recordOf(converse(lines).turns, { endReason: 'dropped' }).contact.phone?.value).toBe(
      '+15125550142',
    );
  });
});

describe('whatever is said', () => {
  test('the record satisfies its schema, and every field comes from a turn of the caller', () => {
    fc.assert(
      fc.property(anyTurns, fc.constantFrom(undefined, '+15125550199'), (turns, callerIdE164) => {
        const record = recordOf(turns, callerIdE164 === undefined ? {} : { callerIdE164 });
        const callers = new Set(turns.filter((turn) => turn.role === 'caller').map((turn) => turn.number));
        const sources = [...JSON.stringify(record).matchAll(/"turn":(\d+)/g)].map((match) =>
          Number(match[1]),
        );
        return sources.every((turn) => callers.has(turn));
      }),
      { numRuns: 150 },
    );
  });

  test('what is kept as said was said', () => {
    fc.assert(
      fc.property(anyTurns, (turns) => {
        const { contact } = recordOf(turns);
        return [contact.firstName, contact.lastName, contact.phone].every(
          (field) =>
            field === undefined ||
            turns.some((turn) => turn.number === field.turn && turn.text.includes(field.verbatim)),
        );
      }),
      { numRuns: 150 },
    );
  });

  test('an unrelated turn never takes away a name', () => {
    const unrelated = fc.constantFrom(
      'it was raining',
      'i was stopped at the light',
      'okay',
      'yes',
      '',
      'the police came and took a report',
      '🙂',
    );
    fc.assert(
      fc.property(fc.array(unrelated, { maxLength: 6 }), (extra) => {
        const { contact } = recordOf(converse(['yes', 'my name is maria lopez', ...extra]).turns);
        return contact.firstName?.value === 'Maria' && contact.lastName?.value === 'Lopez';
      }),
    );
  });

  test('times and zones out of this world give a record without dates, not an error', () => {
    const { turns } = converse(happy);
    for (const startedAtMs of [0, 8.64e15, -8.64e15]) {
      expect(
        recordOf(turns, { startedAtMs, firm: { ...firm, timeZone: 'Nowhere' } }).contact.lastName?.value,
      ).toBe('Lopez');
    }
  });
});
