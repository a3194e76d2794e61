import { describe, expect, test } from '@jest/globals';
import { nextBatch } from '../../src/domain/redrive.js';

describe('a batch of a job without a rate', () => {
  const job = { ratePerSecond: null, ramp: false };

  test('is as large as there is room for, up to a hundred', () => {
    expect(nextBatch(job, 0, 0)).toEqual({ count: 100, intervalMs: 0 });
    expect(nextBatch(job, 9, 140)).toEqual({ count: 60, intervalMs: 0 });
  });

  test('waits until there is room that is worth one', () => {
    expect(nextBatch(job, 9, 151).count).toBe(0);
    expect(nextBatch(job, 9, 150).count).toBe(50);
    expect(nextBatch(job, 9, 300).count).toBe(0);
  });

  test('begins with one and doubles when the job ramps up', () => {
    expect([0, 1, 2, 7, 60].map((step) => nextBatch({ ...job, ramp: true }, step, 0).count)).toEqual([
      1, 2, 4, 100, 100,
    ]);
  });
});

test('a batch of a job with a rate holds what is due within half a second, whatever is under way', () => {
  expect(nextBatch({ ratePerSecond: 20, ramp: false }, 0, 500)).toEqual({ count: 10, intervalMs: 50 });
  expect(nextBatch({ ratePerSecond: 0.5, ramp: false }, 0, 0)).toEqual({ count: 1, intervalMs: 2_000 });
});
