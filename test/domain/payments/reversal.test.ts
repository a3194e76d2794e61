import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { leftCents, planReversal, type ChargeNow } from '../../../src/domain/payments/reversal.js';

const charge = (more: Partial<ChargeNow> = {}): ChargeNow => ({
  ...{ status: 'AUTHORIZED', amountCents: 10_000, refundedCents: 0, autoCapture: true },
  ...more,
});

describe('a charge is given back', () => {
  test('by a void while nothing is settled, by a refund afterwards', () => {
    expect(planReversal(charge(), 10_000)).toEqual({ kind: 'void' });
    expect(planReversal(charge({ status: 'COMPLETED' }), 10_000)).toEqual({ kind: 'refund' });
  });

  test('by a refund when LawPay no longer voids it, although it is not settled yet', () => {
    expect(planReversal(charge(), 10_000, true)).toEqual({ kind: 'refund' });
    expect(planReversal(charge({ autoCapture: false }), 10_000, true).kind).toBe('refuse');
  });

  test('in parts by refunds, for a void takes back the whole', () => {
    expect(planReversal(charge(), 4_000)).toEqual({ kind: 'refund' });
    expect(planReversal(charge({ refundedCents: 4_000 }), 6_000)).toEqual({ kind: 'refund' });
    expect(planReversal(charge({ autoCapture: false }), 4_000).kind).toBe('refuse');
  });

  test('never when nothing is left of it, nor before the processor has confirmed it', () => {
    for (const status of ['VOIDED', 'FAILED'])
      expect(planReversal(charge({ status }), 1).kind).toBe('refuse');
    expect(planReversal(charge({ refundedCents: 4_000 }), 6_001).kind).toBe('refuse');
    expect(planReversal(charge({ status: 'PENDING' }), 1)).toEqual({ kind: 'wait' });
  });
});

test('all that is given back never exceeds the charge, whatever succeeds, fails or stays unknown', () => {
  // What LawPay did of each request, what its answer told us, and whether its own count is up to date.
  const anyRefund = fc.record({
    cents: fc.integer({ min: 1, max: 12_000 }),
    fate: fc.constantFrom('answered', 'lost after the work', 'lost before the work', 'refused'),
    seesItsOwnCount: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(anyRefund, { maxLength: 30 }), (refunds) => {
      const ours = { answeredCents: 0, sentCents: 0 };
      let [given, counted] = [0, 0];
      for (const { cents, fate, seesItsOwnCount } of refunds) {
        if (seesItsOwnCount) counted = given;
        const now = charge({ status: 'COMPLETED', refundedCents: counted });
        if (cents > leftCents(now, ours) || planReversal(now, cents).kind !== 'refund') continue;
        if (fate === 'answered') ours.answeredCents += cents;
        if (fate.startsWith('lost')) ours.sentCents += cents;
        if (fate === 'answered' || fate === 'lost after the work') given += cents;
        expect(given).toBeLessThanOrEqual(10_000);
      }
    }),
    { numRuns: 2_000 },
  );
});
