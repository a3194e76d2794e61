import { describe, expect, test } from '@jest/globals';
import { whisper } from '../../../src/domain/agent/whisper.js';
import { FirmProfile } from '../../../src/domain/firm.js';
import { notePayload } from '../../../src/domain/intake-note.js';
import { converse, firm as without, recordOf } from '../conversation.js';

const firm = FirmProfile.parse({ ...without, telephone: '+15125550123' });
const call = (...lines: string[]) => converse(['yes that is fine', ...lines], firm);
const lastKind = (...lines: string[]) => call(...lines).acts.at(-1)!.kind;
const ASKS = 'let me talk to a real person';

describe('a caller who asks for a person', () => {
  test('is handed over at once where one answers, in words that say so', () => {
    expect(call(ASKS).acts.at(-1)).toMatchObject({
      kind: 'transfer',
      closesCall: true,
      template: expect.stringContaining('handing you over to a person'),
    });
  });
  test('leaves a message where nobody answers', () => {
    expect(converse(['yes that is fine', ASKS], without).acts.at(-1)!.kind).toBe('offer_person');
  });
  test('is handed over although they spoke into those words, unless it was a goodbye', () => {
    expect(lastKind(ASKS, 'okay thank you')).toBe('transfer');
    expect(lastKind(ASKS, 'never mind goodbye')).not.toBe('transfer');
  });
  test('goes on with the agent when they say that this is fine', () => {
    expect(lastKind('i would rather talk to a person but go ahead')).not.toBe('transfer');
  });
  test('hears of 9 1 1 and 9 8 8 first when they are in danger', () => {
    expect(lastKind('he is in the house right now, let me talk to a real person')).toBe('emergency');
    expect(lastKind('i want to kill myself', ASKS)).toBe('suicidal');
  });
});

describe('the whisper', () => {
  test('tells name, matter and urgency, and nothing of the story', () => {
    const { turns } = call(
      'my name is dana whitcomb i need a divorce and my husband hit my car and i have a court hearing on december third',
      ASKS,
    );
    const words = whisper(turns, firm);
    expect(words).toBe(
      'Dana Whitcomb, about a family matter, asks for a person. It is urgent: there is a date to keep.',
    );
  });
  test('makes do without a name', () => {
    expect(whisper(call(ASKS).turns, firm)).toBe('A caller who gave no name asks for a person.');
  });
});

test('the firm reads in the note that a call-back is due unless somebody took the call', () => {
  const { turns } = call('my name is dana whitcomb', 'my number is 512 555 0142', ASKS);
  const record = recordOf(turns, { firm, endReason: 'transferred' });
  expect(record.disposition).toBe('callback_needed');
  const { detail } = notePayload(record, turns, { type: 'contact', id: 1 });
  expect(detail).toContain('If nobody took the call, a call-back is due.');
});
