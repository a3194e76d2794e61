import { describe, expect, test } from '@jest/globals';
import { outcomeOf, outcomeOfMovement } from '../../../src/domain/payments/outcome.js';

describe('a transaction', () => {
  test.each([
    ['CHARGE', 'PENDING', true, undefined],
    ['CHARGE', 'AUTHORIZED', true, 'paid'],
    ['CHARGE', 'COMPLETED', true, 'paid'],
    ['CHARGE', 'FAILED', true, 'failed'],
    ['CHARGE', 'VOIDED', true, 'refunded'],
    ['REFUND', 'PENDING', true, undefined],
    ['REFUND', 'AUTHORIZED', true, 'refunded'],
    ['REFUND', 'COMPLETED', true, 'refunded'],
  ] as const)('%s that is %s means %4$s', (type, status, autoCapture, outcome) => {
    expect(outcomeOf({ type, status, autoCapture })).toBe(outcome);
  });

  test('that only holds money is a payment once it is captured, and none when it runs out', () => {
    const hold = (status: string) => outcomeOf({ type: 'CHARGE', status, autoCapture: false });
    expect([hold('AUTHORIZED'), hold('COMPLETED'), hold('VOIDED')]).toEqual([undefined, 'paid', undefined]);
  });

  test('of a refund that failed or was taken back leaves the payment as it was', () => {
    const refund = (status: string) => outcomeOf({ type: 'REFUND', status, autoCapture: true });
    expect([refund('FAILED'), refund('VOIDED')]).toEqual([undefined, undefined]);
  });

  test('in a state nobody has heard of means nothing', () => {
    expect(outcomeOf({ type: 'CHARGE', status: 'SLEEPING', autoCapture: true })).toBeUndefined();
  });
});

test('a void is told of by its charge, and a refund that failed is no refund', () => {
  const given = (how: 'void' | 'refund', status: string) =>
    outcomeOfMovement({ kind: 'REFUND', how, status });
  expect([given('void', 'VOIDED'), given('refund', 'COMPLETED')]).toEqual(['refunded', 'refunded']);
  expect([given('refund', 'FAILED'), given('refund', 'PENDING')]).toEqual([undefined, undefined]);
  expect(outcomeOfMovement({ kind: 'CHARGE', how: null, status: null })).toBeUndefined();
});
