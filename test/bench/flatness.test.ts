import { expect, test } from '@jest/globals';
import { flatnessOf, type TimedSample } from '../../bench/soak/flatness.js';

const MB = 1 << 20;
/** Forty samples in half an hour: warming up to 100 MB, then growing by so much an hour, with a breath of 1 MB. */
const run = (perHour: number): TimedSample[] =>
  Array.from({ length: 40 }, (_, n) => {
    const atMs = n * 45_000;
    const warm = n < 8 ? 60 * MB + n * 5 * MB : 100 * MB;
    const bytes = warm + (perHour * atMs) / 3_600_000 + (n % 2) * MB;
    return { atMs, heldBytes: bytes, rssBytes: bytes };
  });

test('memory that warms up, breathes and stays is flat', () => {
  const { flat, slopePerHour } = flatnessOf(run(0), 'held');
  expect(flat).toBe(true);
  expect(Math.abs(slopePerHour)).toBeLessThan(MB);
  expect(flatnessOf(run(0), 'rss').flat).toBe(true);
});

test('memory that grows steadily is not, and its slope is told', () => {
  const leak = flatnessOf(run(60 * MB), 'held');
  expect(leak.flat).toBe(false);
  expect(leak.slopePerHour / MB).toBeCloseTo(60, 0);
  expect(flatnessOf(run(120 * MB), 'rss').flat).toBe(false);
});

test('memory that falls is flat', () => {
  expect(flatnessOf(run(-40 * MB), 'held').flat).toBe(true);
});
