import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  admits,
  afterAttempt,
  CANARY_MS,
  closedCircuit,
  endOf,
  isOverdue,
  rampStep,
  startProbe,
  type AttemptEnd,
  type Circuit,
} from '../../src/domain/circuit.js';
import { errorClasses } from '../../src/domain/failures.js';

const rules = { failures: 5, probeAfterMs: 30_000, probeMaxMs: 300_000 };
const silent: AttemptEnd = { answered: false, errorClass: 'unavailable' };
const answered: AttemptEnd = { answered: true };
const attempt = (circuit: Circuit, end: AttemptEnd, workflowId = 'w', atMs = 0): Circuit =>
  afterAttempt(circuit, { workflowId, end, atMs }, rules);
const times = (n: number, circuit: Circuit): Circuit =>
  Array.from({ length: n }).reduce<Circuit>((c) => attempt(c, silent), circuit);
const opened = times(5, closedCircuit);

type Step =
  { kind: 'attempt'; workflowId: string; end: AttemptEnd } | { kind: 'probe'; canary: string | undefined };
const ids = fc.constantFrom('a', 'b', 'c');
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant('attempt' as const),
      workflowId: ids,
      end: fc.constantFrom(...errorClasses).map(endOf),
    }),
    fc.record({ kind: fc.constant('probe' as const), canary: fc.option(ids, { nil: undefined }) }),
  ),
  { maxLength: 60 },
);
const play = (circuit: Circuit, step: Step, atMs: number): Circuit =>
  step.kind === 'attempt'
    ? afterAttempt(circuit, { ...step, atMs }, rules)
    : startProbe(circuit, { epoch: circuit.epoch, canary: step.canary, atMs }, rules);

describe('a circuit', () => {
  test('opens at the fifth silence in a row, and not while answers come between', () => {
    expect(times(4, closedCircuit)).toMatchObject({ state: 'closed', failures: 4 });
    expect(opened).toMatchObject({ state: 'open', epoch: 1, waitMs: 30_000, probeAtMs: 30_000 });
    expect(times(4, attempt(times(4, closedCircuit), answered)).state).toBe('closed');
  });

  test('takes a refusal for an answer: only silence counts', () => {
    const counted = errorClasses.filter((errorClass) => !endOf(errorClass).answered);
    expect(counted).toEqual(['unavailable', 'outcome_unknown']);
  });

  test('lets nobody but the canary through, whatever has happened', () => {
    fc.assert(
      fc.property(steps, (played) => {
        let circuit = closedCircuit;
        played.forEach((step, index) => {
          circuit = play(circuit, step, index);
          const through = ['a', 'b', 'c'].filter((id) => admits(circuit, id));
          const allowed = { closed: ['a', 'b', 'c'], open: [], half_open: [circuit.canary] };
          expect(through).toEqual(allowed[circuit.state]);
        });
      }),
    );
  });

  test('is changed by nobody whom it did not let through', () => {
    fc.assert(
      fc.property(steps, ids, (played, late) => {
        const circuit = played.reduce(play, opened);
        fc.pre(!admits(circuit, late));
        expect(attempt(circuit, answered, late)).toBe(circuit);
        expect(attempt(circuit, silent, late)).toBe(circuit);
      }),
    );
  });

  test('waits twice as long after each canary that fails, up to five minutes, and remembers when it began', () => {
    let circuit = opened;
    const waits: number[] = [];
    for (let i = 0; i < 6; i++) {
      circuit = startProbe(circuit, { epoch: circuit.epoch, canary: 'w', atMs: 1 }, rules);
      circuit = attempt(circuit, silent, 'w', 2);
      waits.push(circuit.waitMs / 1_000);
    }
    expect(waits).toEqual([60, 120, 240, 300, 300, 300]);
    expect(circuit.openedAtMs).toBe(0);
  });

  test('closes when the canary is answered, and counts from nothing again', () => {
    const probing = startProbe(opened, { epoch: 1, canary: 'w', atMs: 0 }, rules);
    expect(attempt(probing, answered)).toEqual({ ...closedCircuit, epoch: 2 });
  });

  test('closes when nobody waits, and opens again at the first silence', () => {
    const closed = startProbe(opened, { epoch: 1, canary: undefined, atMs: 0 }, rules);
    expect(closed.state).toBe('closed');
    expect(attempt(closed, silent)).toMatchObject({ state: 'open', epoch: 3 });
  });

  test('chooses another canary when the first never tells, and ignores a probe of an earlier opening', () => {
    const first = startProbe(opened, { epoch: 1, canary: 'a', atMs: 0 }, rules);
    expect(startProbe(first, { epoch: 1, canary: 'b', atMs: 9 }, rules).canary).toBe('b');
    expect(startProbe(first, { epoch: 0, canary: 'b', atMs: 9 }, rules)).toBe(first);
  });

  test('gives every opening, failed canary and closing a number of its own', () => {
    fc.assert(
      fc.property(steps, (played) => {
        let circuit = closedCircuit;
        played.forEach((step, index) => {
          const next = play(circuit, step, index);
          const turned = next.state !== circuit.state && next.state !== 'half_open';
          expect(next.epoch).toBe(circuit.epoch + (turned ? 1 : 0));
          circuit = next;
        });
      }),
    );
  });

  test('is overdue when even a slow canary would have told', () => {
    expect(isOverdue(opened, 30_000 + CANARY_MS)).toBe(false);
    expect(isOverdue(opened, 30_001 + CANARY_MS)).toBe(true);
    expect(isOverdue(closedCircuit, 9e15)).toBe(false);
  });
});

describe('the ramp', () => {
  const first = (count: number, perMinute: number) =>
    Array.from({ length: count }, (_, step) => rampStep(step, perMinute));

  test('doubles each second up to the vendor’s rate', () => {
    expect(first(5, 1_200).map(({ count }) => count)).toEqual([1, 2, 4, 8, 16]);
    expect(rampStep(9, 1_200)).toEqual({ count: 20, waitMs: 1_000 });
  });

  test('never lets more go than the vendor’s rate allows over its steps', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 1, max: 40 }), (rate, length) => {
        for (const { count, waitMs } of first(length, rate))
          expect(count).toBeLessThanOrEqual(Math.max(1, (rate * waitMs) / 60_000));
      }),
    );
  });
});
