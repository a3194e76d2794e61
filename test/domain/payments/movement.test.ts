import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  afterMovement,
  findingOf,
  newMovement,
  type Match,
  type Movement,
  type MovementEvent,
} from '../../../src/domain/payments/movement.js';

const anyEvent: fc.Arbitrary<MovementEvent> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<MovementEvent>({ kind: 'send' }) },
  fc.record({ kind: fc.constantFrom('undone', 'cleared'), send: fc.integer({ min: 0, max: 6 }) }),
  fc.constantFrom<MovementEvent>({ kind: 'answered' }, { kind: 'close' }),
);

/** Each request that left, and which of them were proven to have done nothing by the time the next one left. */
function play(events: readonly MovementEvent[]): { sendsWithoutProof: number; last: Movement } {
  let movement = newMovement;
  let [open, sendsWithoutProof] = [0, 0];
  for (const event of events) {
    const after = afterMovement(movement, event);
    if (event.kind === 'send' && after !== movement) {
      if (open > 0) sendsWithoutProof += 1;
      open = after.sends;
    }
    const isProof = (event.kind === 'undone' || event.kind === 'cleared') && event.send === open;
    if (isProof) open = 0;
    movement = after;
  }
  return { sendsWithoutProof, last: movement };
}

describe('a movement of money', () => {
  test('leaves at most once without proof, whatever happens in whatever order', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 40 }), (events) => {
        expect(play(events).sendsWithoutProof).toBe(0);
      }),
      { numRuns: 2_000 },
    );
  });

  test('never leaves again once LawPay has told of it, nor once it was given up', () => {
    fc.assert(
      fc.property(fc.array(anyEvent), fc.array(anyEvent), (before, after) => {
        const answered = afterMovement(play(before).last, { kind: 'answered' });
        for (const event of after)
          if (event.kind !== 'close') expect(afterMovement(answered, event)).toBe(answered);
      }),
    );
    const closed = afterMovement(newMovement, { kind: 'close' });
    expect(afterMovement(closed, { kind: 'send' })).toBe(closed);
  });

  test('takes a late word about an earlier request for nothing', () => {
    const events: MovementEvent[] = [{ kind: 'send' }, { kind: 'cleared', send: 1 }, { kind: 'send' }];
    const second = events.reduce(afterMovement, newMovement);
    expect(second).toEqual({ state: 'sent', sends: 2 });
    expect(afterMovement(second, { kind: 'undone', send: 1 })).toBe(second);
    expect(afterMovement(second, { kind: 'undone', send: 2 })).toEqual({ state: 'ready', sends: 2 });
  });
});

describe('what a look-up shows', () => {
  const ours: Match = {
    ...{ id: 't1', type: 'CHARGE', status: 'AUTHORIZED', amountCents: 15_000 },
    ...{ accountId: 'trust-1', reference: 'pay_1.1' },
  };
  const wanted = {
    type: 'CHARGE',
    reference: 'pay_1.1',
    amountCents: 15_000,
    accountId: 'trust-1',
    sends: 1,
  } as const;
  const found = (...matches: Match[]) => findingOf(matches, wanted).kind;

  test('is ours only when the whole reference is, and the index gives beginnings', () => {
    expect(found({ ...ours, reference: 'pay_1.10' }, { ...ours, reference: undefined })).toBe('nothing');
    expect(found({ ...ours, reference: 'pay_1.10' }, ours)).toBe('one');
    expect(found(ours, ours)).toBe('one');
  });

  test('is for a person when two carry our reference, or one that we did not order', () => {
    expect(found(ours, { ...ours, id: 't2' })).toBe('wrong');
    expect(found({ ...ours, amountCents: 1_500_000 })).toBe('wrong');
    expect(found({ ...ours, accountId: 'operating-1' })).toBe('wrong');
  });

  test('proves nothing by a failed one when more requests went out than failed', () => {
    const failed: Match = { ...ours, status: 'FAILED' };
    expect(found(failed)).toBe('failed');
    expect(findingOf([failed], { ...wanted, sends: 2 }).kind).toBe('nothing');
    expect(found(failed, { ...ours, id: 't2' })).toBe('one');
    expect(found()).toBe('nothing');
  });
});
