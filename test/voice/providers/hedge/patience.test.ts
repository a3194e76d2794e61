import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Patience } from '../../../../src/voice/providers/hedge/patience.js';

const bounds = { leastMs: 100, mostMs: 1_000 };

test('waits as long as it may until it knows the engine, then half as long again as the slowest of twenty answers', () => {
  const patience = new Patience(bounds);
  for (let n = 0; n < 11; n++) patience.observe(300);
  expect(patience.limitMs).toBe(1_000);
  for (let n = 0; n < 40; n++) patience.observe(n === 20 ? 5_000 : 300);
  expect(patience.limitMs).toBe(450);
});

test('follows an engine whose pace changes', () => {
  const patience = new Patience(bounds);
  for (let n = 0; n < 64; n++) patience.observe(200);
  for (let n = 0; n < 64; n++) patience.observe(400);
  expect(patience.limitMs).toBe(600);
});

test('stays within its bounds, whatever was observed', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1e6, noNaN: true })), (waits) => {
      const patience = new Patience(bounds);
      for (const ms of waits) patience.observe(ms);
      expect(patience.limitMs).toBeGreaterThanOrEqual(bounds.leastMs);
      expect(patience.limitMs).toBeLessThanOrEqual(bounds.mostMs);
    }),
  );
});

test('an engine that is late every time is asked twice for one request in ten', () => {
  const patience = new Patience(bounds);
  let twice = 0;
  for (let n = 0; n < 1_000; n++) {
    if (patience.spend()) twice += 1;
    patience.observe(2_000);
  }
  expect(twice).toBeGreaterThan(90);
  expect(twice).toBeLessThan(105);
});
