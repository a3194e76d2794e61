import { expect, test } from '@jest/globals';
import { rampPicture, type RampStep } from '../../bench/picture/ramp-picture.js';

const step = (calls: number, p95: number, valid = true): RampStep => ({
  calls,
  responseLatencyMs: { p50: p95 - 10, p95 },
  generator: { valid },
});
const points = (svg: string): string[] => [...svg.matchAll(/points="([^"]*)"/g)].map(([, path = '']) => path);

test('a ramp is drawn in the order of its calls, with the latency at which it ends', () => {
  const svg = rampPicture([step(1, 200), step(4, 500), step(2, 210)], '2026-11-21T12:00:00Z');
  const [p50, p95] = points(svg);
  const columns = p95!.split(' ').map((point) => Number(point.split(',')[0]));
  expect(columns).toEqual([...columns].sort((a, b) => a - b));
  expect(p50).not.toBe(p95);
  expect(svg).toContain('twice the p95 of 1: 400 ms');
  expect(svg).toContain('2026-11-21');
});

test('steps in which the generator was late, or nobody was answered, are not drawn', () => {
  const silent: RampStep = { calls: 3, responseLatencyMs: null, generator: { valid: true } };
  const [p50] = points(rampPicture([step(1, 200), step(2, 900, false), silent], '2026-11-21'));
  expect(p50!.split(' ')).toHaveLength(1);
});
