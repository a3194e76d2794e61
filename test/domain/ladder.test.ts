import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { errorClasses } from '../../src/domain/failures.js';
import {
  afterFastAttempt,
  afterRound,
  isMendedBy,
  nextEscalationMs,
  nextParkedStep,
  type AttemptFailure,
  type LadderPolicy,
} from '../../src/domain/ladder.js';

const policies = fc.record({
  fastAttempts: fc.integer({ min: 1, max: 20 }),
  fastInitialMs: fc.integer({ min: 10, max: 60_000 }),
  fastMaxMs: fc.integer({ min: 10, max: 60_000 }),
  slowDelaysMs: fc.array(fc.integer({ min: 10, max: 3_600_000 }), { minLength: 1, maxLength: 6 }),
  slowWindowMs: fc.integer({ min: 0, max: 172_800_000 }),
  escalateAfterMs: fc.integer({ min: 1_000, max: 86_400_000 }),
});
const failures: fc.Arbitrary<AttemptFailure> = fc.record(
  { errorClass: fc.constantFrom(...errorClasses), retryAfterMs: fc.integer({ min: 0, max: 7_200_000 }) },
  { requiredKeys: ['errorClass'] },
);
const spreads = fc.double({ min: 0, max: 1, noNaN: true });
const person = ['invalid', 'conflict', 'auth', 'internal'];

/** Climbs with one failure for ever. @returns the waits until it parks. */
function climb(policy: LadderPolicy, failure: AttemptFailure, spread: number): number[] {
  const waits: number[] = [];
  let elapsedMs = 0;
  for (;;) {
    const step = afterRound(policy, failure, 'look_up', { rounds: waits.length, elapsedMs }, spread);
    if (step.kind === 'park') return waits;
    waits.push(step.delayMs);
    elapsedMs += step.delayMs;
  }
}

describe('the ladder', () => {
  test('parks at once whatever only a person can mend', () => {
    fc.assert(
      fc.property(policies, failures, spreads, (policy, failure, spread) => {
        fc.pre(person.includes(failure.errorClass));
        expect(climb(policy, failure, spread)).toEqual([]);
        expect(afterFastAttempt(failure, 'look_up', policy.fastMaxMs)).toEqual({ kind: 'park' });
      }),
    );
  });

  test('waits through exactly its window and then parks, however the jitter falls', () => {
    // At least a second each, so that a day has at most 86,400 rungs to climb.
    const slow = policies.map((p) => ({
      ...p,
      slowDelaysMs: p.slowDelaysMs.map((ms) => Math.max(ms, 60_000)),
    }));
    fc.assert(
      fc.property(slow, failures, spreads, (policy, failure, spread) => {
        fc.pre(!person.includes(failure.errorClass));
        const total = climb(policy, failure, spread).reduce((sum, ms) => sum + ms, 0);
        expect(total).toBe(policy.slowWindowMs);
      }),
      { numRuns: 50 },
    );
  });

  test('never waits less than the vendor asked, unless the window ends first', () => {
    fc.assert(
      fc.property(
        policies,
        fc.integer({ min: 0, max: 7_200_000 }),
        spreads,
        (policy, retryAfterMs, spread) => {
          const failure = { errorClass: 'rate_limited', retryAfterMs } as const;
          const step = afterRound(policy, failure, 'look_up', { rounds: 0, elapsedMs: 0 }, spread);
          if (step.kind === 'slow')
            expect(step.delayMs).toBeGreaterThanOrEqual(Math.min(retryAfterMs, policy.slowWindowMs));
        },
      ),
    );
  });

  test('spreads a wait by a tenth either way', () => {
    const policy = { ...policyOf(60_000), slowWindowMs: 86_400_000 };
    const wait = (spread: number) =>
      afterRound(policy, { errorClass: 'unavailable' }, 'look_up', { rounds: 0, elapsedMs: 0 }, spread);
    expect([0, 0.5, 1].map(wait)).toEqual(
      [54_000, 60_000, 66_000].map((delayMs) => ({ kind: 'slow', delayMs })),
    );
  });

  test('never sends a charge again by itself after an unknown outcome', () => {
    const unknown = { errorClass: 'outcome_unknown' } as const;
    expect(afterFastAttempt(unknown, 'prove', 30_000)).toEqual({ kind: 'park' });
    expect(afterRound(policyOf(1_000), unknown, 'prove', { rounds: 0, elapsedMs: 0 }, 0)).toEqual({
      kind: 'park',
    });
    expect(afterFastAttempt(unknown, 'look_up', 30_000)).toEqual({ kind: 'fast' });
  });

  test('waits out a short Retry-After quickly and leaves a long one to a durable timer', () => {
    const asked = (retryAfterMs: number) =>
      afterFastAttempt({ errorClass: 'rate_limited', retryAfterMs }, 'look_up', 30_000);
    expect(asked(5_000)).toEqual({ kind: 'fast', delayMs: 5_000 });
    expect(asked(30_001)).toEqual({ kind: 'slow', delayMs: 30_001 });
  });

  test('expires a parked write exactly when its time is over, however often it was announced', () => {
    const kept = fc.integer({ min: 1_000, max: 100 * 86_400_000 });
    fc.assert(
      fc.property(policies, kept, (policy, keepParkedMs) => {
        let parkedForMs = 0;
        for (let announcements = 1; ; announcements++) {
          const next = nextParkedStep({ ...policy, keepParkedMs }, announcements, parkedForMs);
          parkedForMs += next.inMs;
          if (next.kind === 'expire') break;
          expect(parkedForMs).toBeLessThan(keepParkedMs);
        }
        expect(parkedForMs).toBe(keepParkedMs);
      }),
    );
    expect(nextParkedStep(policyOf(1_000), 1, 31 * 86_400_000)).toEqual({ kind: 'expire', inMs: 0 });
  });

  test('lets the end of an outage wake what waited for it, and no charge that nobody has proved undone', () => {
    const outage = ['unavailable', 'outcome_unknown', 'rate_limited'] as const;
    fc.assert(
      fc.property(failures, fc.constantFrom('look_up' as const, 'prove' as const), (failure, rule) => {
        const woken = isMendedBy(failure, rule, outage);
        const unproven = failure.errorClass === 'outcome_unknown' && rule === 'prove';
        expect(woken).toBe(outage.some((cause) => cause === failure.errorClass) && !unproven);
      }),
    );
  });

  test('announces a parked write ever more rarely, at least once a day', () => {
    const policy = { ...policyOf(1_000), escalateAfterMs: 14_400_000 };
    const hours = [1, 2, 3, 4, 50].map((n) => nextEscalationMs(policy, n) / 3_600_000);
    expect(hours).toEqual([4, 8, 16, 24, 24]);
  });
});

function policyOf(delayMs: number): LadderPolicy {
  return {
    fastAttempts: 5,
    fastInitialMs: 1_000,
    fastMaxMs: 30_000,
    slowDelaysMs: [delayMs],
    slowWindowMs: 10_000,
    escalateAfterMs: 1_000,
  };
}
