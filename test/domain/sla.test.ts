import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { assessSla, defaultSlaTargets as targets } from '../../src/domain/sla.js';

const latency = { samples: 200, p95Ms: 499.9, p99Ms: 999.9, belowP95Target: 190, belowP99Target: 199 };

describe('an assessment', () => {
  test('is met when both percentiles and the errors are below their targets', () => {
    expect(assessSla({ answeredTurns: 200, errorTurns: 1, latency }, targets)).toEqual({
      verdict: 'met',
      missed: [],
      samples: 200,
      shareBelowP95Target: 0.95,
      shareBelowP99Target: 0.995,
      p95Ms: 499.9,
      p99Ms: 999.9,
      errorShare: 0.005,
    });
  });

  test.each([
    ['p95', { latency: { ...latency, p95Ms: 500 } }],
    ['p99', { latency: { ...latency, p99Ms: 1_000 } }],
    ['errors', { latency, errorTurns: 2 }],
  ])('is missed when %s is exactly at its target', (missed, sample) => {
    const verdict = assessSla({ answeredTurns: 200, errorTurns: 0, ...sample }, targets);
    expect(verdict).toMatchObject({ verdict: 'missed', missed: [missed] });
  });

  test('without samples has no verdict and no numbers', () => {
    expect(assessSla({ answeredTurns: 0, errorTurns: 0 }, targets)).toEqual({
      verdict: 'no_samples',
      missed: [],
      samples: 0,
      shareBelowP95Target: null,
      shareBelowP99Target: null,
      p95Ms: null,
      p99Ms: null,
      errorShare: null,
    });
  });

  test('of turns that all failed is missed, though nothing could be timed', () => {
    expect(assessSla({ answeredTurns: 0, errorTurns: 3 }, targets)).toMatchObject({
      verdict: 'missed',
      missed: ['errors'],
      errorShare: 1,
      p95Ms: null,
    });
  });

  test('has shares between 0 and 1, and is met exactly when nothing is missed', () => {
    const count = fc.nat({ max: 10_000 });
    fc.assert(
      fc.property(count, count, (answeredTurns, errorTurns) => {
        const { errorShare, verdict, missed } = assessSla({ answeredTurns, errorTurns }, targets);
        if (errorShare === null) return verdict === 'no_samples';
        return errorShare >= 0 && errorShare <= 1 && (verdict === 'met') === (missed.length === 0);
      }),
    );
  });
});
