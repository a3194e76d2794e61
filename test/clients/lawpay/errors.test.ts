import { expect, test } from '@jest/globals';
import type { Exchange } from '../../../src/clients/http.js';
import { refusal } from '../../../src/clients/lawpay/errors.js';

const call: Exchange = {
  vendor: 'LawPay',
  method: 'GET',
  ...{ url: new URL('https://api.8am.com/payment-pages'), headers: {} },
  ...{ timeoutMs: 1_000, signal: new AbortController().signal },
};
const classOf = (status: number, text: string): string =>
  refusal(call, { status, headers: new Headers(), text }, 0).errorClass;

const own = JSON.stringify({ messages: [{ code: 'not_authorized' }] });

test.each([
  [403, own, 'auth'],
  [403, '<!doctype html><h1>Request blocked</h1>', 'unavailable'],
  [401, own, 'auth'],
  [401, '', 'auth'],
  [429, '', 'rate_limited'],
  [503, '', 'unavailable'],
  [422, own, 'invalid'],
])('%i with the body %j is %s', (status, text, errorClass) => {
  expect(classOf(status, text)).toBe(errorClass);
});
