import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { holdUntil, paceOf, reserve, type Ask, type PaceState } from '../../src/domain/pace.js';

const MINUTE_MS = 60_000;
const rules = fc.record({
  perMinute: fc.integer({ min: 1, max: 600 }),
  burst: fc.integer({ min: 1, max: 700 }),
});
const fresh: PaceState = { dueMs: 0, bookedMs: 0 };
const ask = (nowMs: number, over: Partial<Ask> = {}): Ask => ({
  ...{ nowMs, requests: 1, patienceMs: 0, claim: 'live', expected: 1 },
  ...over,
});
const asks = fc.array(
  fc.record({
    afterMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 5_000 })),
    requests: fc.integer({ min: 1, max: 3 }),
    patienceMs: fc.constantFrom(0, 250, 5_000),
    claim: fc.constantFrom('kept' as const, 'live' as const, 'none' as const),
  }),
  { minLength: 1, maxLength: 200 },
);

/** Highest number of moments in any minute, whichever begins it. */
function busiestMinute(sentMs: number[]): number {
  const sorted = [...sentMs].sort((a, b) => a - b);
  let busiest = 0;
  for (let from = 0, to = 0; to < sorted.length; to++) {
    while ((sorted[to] ?? 0) - (sorted[from] ?? 0) >= MINUTE_MS) from++;
    busiest = Math.max(busiest, to - from + 1);
  }
  return busiest;
}

describe('the pace', () => {
  test('keeps the vendor’s limit in every minute, whoever asks, however and when', () => {
    fc.assert(
      fc.property(rules, asks, (rule, asked) => {
        const pace = paceOf(rule);
        const most = Math.floor(pace.toleranceMs / pace.intervalMs) + 1;
        let state = fresh;
        let nowMs = 1_000_000;
        const sent: number[] = [];
        for (const { afterMs, requests, ...rest } of asked) {
          nowMs += afterMs;
          const together = Math.min(requests, most);
          const answer = reserve(state, ask(nowMs, { ...rest, requests: together }), pace);
          state = answer.state;
          if (answer.slot.kind === 'go')
            sent.push(...Array.from({ length: together }, () => nowMs + answer.slot.waitMs));
        }
        expect(busiestMinute(sent)).toBeLessThanOrEqual(rule.perMinute);
      }),
      { numRuns: 300 },
    );
  });

  test('lets a whole burst go at once after a quiet while, and then one by one', () => {
    const pace = paceOf({ perMinute: 50, burst: 10 });
    let state = fresh;
    const waits = Array.from({ length: 12 }, () => {
      const answer = reserve(state, ask(1_000_000, { patienceMs: 60_000 }), pace);
      state = answer.state;
      return Math.round(answer.slot.waitMs);
    });
    // 50 less the burst and two of headroom: 38 a minute.
    expect(waits).toEqual([...Array.from({ length: 10 }, () => 0), 1_579, 3_158]);
  });

  test('gives those who must come back one appointment after another, with a fifth of the rate left free', () => {
    const pace = paceOf({ perMinute: 50, burst: 1 });
    let { state } = reserve(fresh, ask(0), pace);
    const waits = Array.from({ length: 3 }, () => {
      const answer = reserve(state, ask(0, { claim: 'none' }), pace);
      state = answer.state;
      return answer.slot;
    });
    const spacing = pace.intervalMs / 0.8;
    expect(waits).toEqual([1, 2, 3].map((n) => ({ kind: 'later', waitMs: Math.ceil(n * spacing) })));
  });

  test('lets live work go before those who wait for their appointment, but not work that was sent back', () => {
    const pace = paceOf({ perMinute: 60, burst: 5 });
    const booked = { dueMs: 0, bookedMs: 90_000 };
    expect(reserve(booked, ask(1_000), pace).slot.kind).toBe('go');
    expect(reserve(booked, ask(1_000, { claim: 'none' }), pace).slot.kind).toBe('later');
  });

  test('never sends anyone to the end of the queue who came at the appointed time', () => {
    fc.assert(
      fc.property(rules, fc.integer({ min: 0, max: 600_000 }), (rule, aheadMs) => {
        const pace = paceOf(rule);
        const state = { dueMs: 1_000_000 + aheadMs + pace.toleranceMs, bookedMs: 9_000_000 };
        const { slot } = reserve(state, ask(1_000_000, { claim: 'kept' }), pace);
        expect(slot.waitMs).toBeCloseTo(aheadMs, 3);
      }),
    );
  });

  test('sends nobody before the time the vendor has named', () => {
    fc.assert(
      fc.property(rules, fc.integer({ min: 0, max: 600_000 }), (rule, heldMs) => {
        const pace = paceOf(rule);
        const state = holdUntil(fresh, 1_000_000 + heldMs, pace);
        const { slot } = reserve(state, ask(1_000_000, { patienceMs: 9e9 }), pace);
        expect(slot.waitMs).toBeGreaterThanOrEqual(heldMs - 1e-3);
      }),
    );
  });
});
