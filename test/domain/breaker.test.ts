import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  breaker,
  closedBreaker,
  defaultBreakerRules as rules,
  mayAsk,
  type BreakerEvent,
  type BreakerState,
} from '../../src/domain/breaker.js';

const after = (events: readonly BreakerEvent[], from: BreakerState = closedBreaker): BreakerState =>
  events.reduce((state, event) => breaker(state, event, rules), from);

const kinds = ['succeeded', 'failed', 'probe_started', 'probe_succeeded', 'probe_failed'] as const;
const history = fc
  .array(fc.record({ kind: fc.constantFrom(...kinds), gapMs: fc.nat(90_000) }), { maxLength: 60 })
  .map((steps) => {
    let atMs = 0;
    return steps.map(({ kind, gapMs }): BreakerEvent => ({ kind, atMs: (atMs += gapMs) }));
  });

test('three failures within the window open it, and calls are kept away', () => {
  const state = after([0, 100, 200].map((atMs) => ({ kind: 'failed', atMs })));
  expect(state).toEqual({ kind: 'open', nextProbeAtMs: 5_200, waitMs: 5_000 });
  expect(mayAsk(state)).toBe(false);
});

test('failures that lie further apart than the window never open it', () => {
  const events = Array.from({ length: 20 }, (_, i): BreakerEvent => ({ kind: 'failed', atMs: i * 30_001 }));
  expect(mayAsk(after(events))).toBe(true);
});

test('a success makes one failure good, so a rare failure among many calls opens nothing', () => {
  const events = Array.from({ length: 300 }, (_, i): BreakerEvent => ({
    kind: i % 3 === 0 ? 'failed' : 'succeeded',
    atMs: i,
  }));
  expect(mayAsk(after(events))).toBe(true);
});

test('a probe that succeeds closes it; one that fails doubles the wait, up to the longest', () => {
  let state = after([0, 1, 2].map((atMs) => ({ kind: 'failed', atMs })));
  let atMs = 2;
  for (const waitMs of [5_000, 10_000, 20_000, 40_000, 60_000, 60_000]) {
    expect(state).toEqual({ kind: 'open', nextProbeAtMs: atMs + waitMs, waitMs });
    atMs += waitMs;
    state = after([{ kind: 'probe_started', atMs: atMs - 1 }], state);
    expect(state.kind).toBe('open');
    state = after(
      [
        { kind: 'probe_started', atMs },
        { kind: 'probe_failed', atMs },
      ],
      state,
    );
  }
  atMs += 60_000;
  expect(
    after(
      [
        { kind: 'probe_started', atMs },
        { kind: 'probe_succeeded', atMs },
      ],
      state,
    ),
  ).toEqual(closedBreaker);
});

test('whatever happens, calls alone never reopen the way: only a probe does', () => {
  fc.assert(
    fc.property(history, (events) => {
      let state = closedBreaker;
      for (const event of events) {
        const next = breaker(state, event, rules);
        if (!mayAsk(state) && mayAsk(next)) expect(event.kind).toBe('probe_succeeded');
        if (mayAsk(state) && !mayAsk(next)) expect(event.kind).toBe('failed');
        state = next;
      }
    }),
  );
});

test('whatever happens, it remembers fewer failures than open it and waits no longer than the longest wait', () => {
  fc.assert(
    fc.property(history, (events) => {
      let state = closedBreaker;
      for (const event of events) {
        state = breaker(state, event, rules);
        if (state.kind === 'closed') expect(state.failedAtMs.length).toBeLessThan(rules.failures);
        else expect(state.waitMs).toBeLessThanOrEqual(rules.probeMaxMs);
      }
    }),
  );
});
