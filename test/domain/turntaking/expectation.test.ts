import { expect, test } from '@jest/globals';
import { expectationOf } from '../../../src/domain/turntaking/expectation.js';

test.each([
  ['confirm_phone', 'phone_ok', 'yes_no'],
  ['ask_safety', 'safety', 'yes_no'],
  ['ask_phone', 'phone', 'digits'],
  ['ask_name', 'name', 'name'],
  ['ask_where', 'where', 'name'],
  ['ask_story', 'story', 'open'],
  ['ask_anything_else', 'anything_else', 'open'],
] as const)('%s, which asks %s, expects %s', (kind, asks, expected) => {
  expect(expectationOf({ kind, asks })).toBe(expected);
});

test('the greeting asks for consent and for the reason, so a "yes" does not end the answer', () => {
  expect(expectationOf({ kind: 'greeting', asks: 'recording' })).toBe('open');
  expect(expectationOf({ kind: 'ask_recording', asks: 'recording' })).toBe('yes_no');
});

test('an interruption that asks the pending question again expects its answer; a goodbye expects anything', () => {
  expect(expectationOf({ kind: 'disclose_ai', asks: 'phone' })).toBe('digits');
  expect(expectationOf({ kind: 'closing', asks: null })).toBe('open');
});
