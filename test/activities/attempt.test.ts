import { describe, expect, test } from '@jest/globals';
import { asFailure, asOutsideError } from '../../src/activities/attempt.js';
import { OutsideError } from '../../src/domain/failures.js';

describe('an error inside an activity', () => {
  test.each([
    ['a refused connection', Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }), 'unavailable'],
    ['a server shutting down', Object.assign(new Error('admin'), { code: '57P01' }), 'unavailable'],
    ['a full pool', new Error('timeout exceeded when trying to connect'), 'unavailable'],
    ['a broken constraint', Object.assign(new Error('dup'), { code: '23505' }), 'internal'],
    ['a slip of ours', new TypeError('x is not a function'), 'internal'],
    ['no error at all', 'text', 'internal'],
  ] as const)('is sorted: %s', (_name, thrown, errorClass) => {
    const sorted = asOutsideError(thrown);
    expect(sorted.errorClass).toBe(errorClass);
    expect(sorted.cause).toBe(thrown);
  });

  test('keeps the class a client has given it', () => {
    const error = new OutsideError('conflict', 'two records');
    expect(asOutsideError(error)).toBe(error);
  });
});

describe('a failure for Temporal', () => {
  test('carries class, attempt and the vendor’s wish, and is retried when waiting may help', () => {
    const failure = asFailure(new OutsideError('rate_limited', '429', 5_000), 2, 'look_up', 30_000);
    expect(failure).toMatchObject({
      type: 'rate_limited',
      nonRetryable: false,
      nextRetryDelay: 5_000,
      details: [{ attempt: 2, retryAfterMs: 5_000 }],
    });
  });

  test('leaves out a wish of no wait at all, with which Temporal would end the attempts', () => {
    const failure = asFailure(new OutsideError('rate_limited', '429', 0), 1, 'look_up', 30_000);
    expect(failure).toMatchObject({ nonRetryable: false, details: [{ attempt: 1, retryAfterMs: 0 }] });
    expect(failure.nextRetryDelay).toBeUndefined();
  });

  test.each(['invalid', 'conflict', 'auth', 'internal'] as const)('ends the attempts on %s', (errorClass) => {
    expect(asFailure(new OutsideError(errorClass, 'no'), 1, 'look_up', 30_000).nonRetryable).toBe(true);
  });
});
