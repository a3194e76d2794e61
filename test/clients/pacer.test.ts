import { expect, test } from '@jest/globals';
import { limitsOf } from '../../src/clients/pacer.js';

const NOW_MS = 1_700_000_000_000;
const answer = (status: number, headers: Record<string, string>) =>
  limitsOf({ status, headers: new Headers(headers) }, NOW_MS);
const reset = String(NOW_MS / 1_000 + 20);

test.each([
  [
    'an ordinary answer tells the limit only',
    200,
    { 'x-ratelimit-limit': '50', 'x-ratelimit-remaining': '7', 'x-ratelimit-reset': reset },
    { limit: 50 },
  ],
  [
    'a spent window blocks until its reset',
    200,
    { 'x-ratelimit-limit': '50', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset },
    { limit: 50, blockedMs: 20_000 },
  ],
  [
    'a 429 blocks for as long as it says',
    429,
    { 'retry-after': '9', 'x-ratelimit-reset': reset },
    { blockedMs: 9_000 },
  ],
  [
    'a 429 that names no time blocks until the reset',
    429,
    { 'x-ratelimit-reset': reset },
    { blockedMs: 20_000 },
  ],
  ['an answer without such headers tells nothing', 200, {}, {}],
  [
    'headers that are no numbers tell nothing',
    200,
    { 'x-ratelimit-limit': 'many', 'x-ratelimit-remaining': '' },
    {},
  ],
] as const)('%s', (_name, status, headers, expected) => {
  expect(answer(status, headers)).toEqual(expected);
});
