import { expect, test } from '@jest/globals';
import { failurePattern } from '../../src/domain/fingerprint.js';

test.each([
  [
    'HTTP 422: field contact.first_name is too long (81)',
    'HTTP 422: field contact.first_name is too long (#)',
  ],
  ['record 7001 was made', 'record # was made'],
  ['enter call_0123456789abcdefghij.matter there by hand', 'enter # there by hand'],
  ['request 3f2504e0-4f89-41d3-9a0c-0305e82c3301 refused', 'request # refused'],
  ['see https://example.com/a/17?x=1 for more', 'see # for more'],
])('“%s” is the same failure as any other “%s”', (message, pattern) => {
  expect(failurePattern(message)).toBe(pattern);
});

test('different statuses are different failures, and a long message is cut', () => {
  expect(failurePattern('HTTP 422')).not.toBe(failurePattern('HTTP 404'));
  expect(failurePattern('word '.repeat(100))).toHaveLength(200);
});
