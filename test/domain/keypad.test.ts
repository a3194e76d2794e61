import { describe, expect, test } from '@jest/globals';
import { nextAct } from '../../src/domain/agent/agent.js';
import { isWholeKeyed, keysExpectedFor, turnOfKeys } from '../../src/domain/keypad.js';
import { converse, firm, recordOf } from './conversation.js';

describe('keys pressed in answer', () => {
  test('to a closed question are yes and no, and the record shows that they were pressed', () => {
    const expected = keysExpectedFor('recording');
    expect(turnOfKeys('1', expected)).toBe('yes (pressed 1)');
    expect(turnOfKeys('2', expected)).toBe('no (pressed 2)');
    expect([isWholeKeyed('1', expected), isWholeKeyed('3', expected)]).toEqual([true, false]);
    expect(turnOfKeys('3', expected)).toBe('3');
  });

  test('to the question for a number are whole with ten digits, or eleven after a leading one', () => {
    const expected = keysExpectedFor('phone');
    expect(
      ['512555014', '5125550142', '1512555014', '15125550142'].map((k) => isWholeKeyed(k, expected)),
    ).toEqual([false, true, false, true]);
    expect(turnOfKeys('5125550142', expected)).toBe('5125550142');
  });

  test('to an open question are digits and are never whole', () => {
    expect(keysExpectedFor(null)).toBe('any');
    expect(isWholeKeyed('1', keysExpectedFor('story'))).toBe(false);
    expect(turnOfKeys('1', 'any')).toBe('1');
  });

  test('are understood by the policy: consent, number and confirmation without a spoken word', () => {
    const yes = turnOfKeys('1', 'yes_no');
    const { turns, acts } = converse([
      yes,
      'my name is maria lopez, i was in a car accident',
      '5125550142',
      yes,
    ]);
    expect(acts.map((act) => act.kind)).toContain('confirm_phone');
    expect(nextAct(turns, firm).asks).not.toBe('phone_ok');
    const record = recordOf(turns);
    expect(record.consents.recording?.value).toBe('granted');
    expect(record.contact.phone?.value).toBe('+15125550142');
    const refused = recordOf(converse([turnOfKeys('2', 'yes_no')]).turns);
    expect(refused.consents.recording?.value).toBe('refused');
  });
});
