import { expect, test } from '@jest/globals';
import { hashSessionToken, issueSessionToken, parseSessionToken } from '../../src/api/session-token.js';

test('a token names its tenant and is found by its hash', () => {
  const token = issueSessionToken('firm-a');
  expect(parseSessionToken(token)).toEqual({ tenantId: 'firm-a', hash: hashSessionToken(token) });
});

test('no two tokens are alike', () => {
  expect(new Set(Array.from({ length: 1_000 }, () => issueSessionToken('firm-a'))).size).toBe(1_000);
});

test.each([
  '',
  'hs_firm-a',
  'hs_firm-a.short',
  `hs_Firm.${'a'.repeat(43)}`,
  `hs_firm-a.${'a'.repeat(44)}`,
  `xs_firm-a.${'a'.repeat(43)}`,
  `hs_firm-a.${'a'.repeat(42)}=`,
])('%j is no token', (token) => expect(parseSessionToken(token)).toBeUndefined());
