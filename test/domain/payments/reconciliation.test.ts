import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Books, Listed, MovementMade } from '../../../src/domain/payments/books.js';
import { SETTLED_AFTER_MS } from '../../../src/domain/payments/drift-rules.js';
import { compareBooks } from '../../../src/domain/payments/reconciliation.js';

const movement = (more: Partial<MovementMade> = {}): MovementMade => ({
  ...{ reference: 'pay_1.1', kind: 'CHARGE', state: 'answered', how: null, amountCents: 15_000 },
  ...{
    accountId: 'trust-1',
    transactionId: 't1',
    ofTransaction: null,
    status: 'AUTHORIZED',
    ageMs: 3_600_000,
  },
  ...more,
});
const listed = (more: Partial<Listed> = {}): Listed => ({
  ...{ id: 't1', type: 'CHARGE', status: 'COMPLETED', amountCents: 15_000, refundedCents: 0 },
  ...{ accountId: 'trust-1', reference: 'pay_1.1', chargeId: undefined },
  ...more,
});
const books = (more: Partial<Books> = {}): Books => ({
  ...{ links: [], movements: [movement()], listed: [listed()] },
  kinds: new Map([
    ['trust-1', 'trust'],
    ['operating-1', 'operating'],
    ['mystery', undefined],
  ]),
  ...more,
});
const kinds = (more: Partial<Books>): string[] => compareBooks(books(more)).map(({ kind }) => kind);

describe('two ledgers', () => {
  test('that agree leave nothing to tell', () => {
    expect(kinds({})).toEqual([]);
    expect(kinds({ movements: [movement({ status: 'FAILED', transactionId: null })], listed: [] })).toEqual(
      [],
    );
  });

  test('are not compared about what may still be on its way', () => {
    const young = { ageMs: SETTLED_AFTER_MS - 1 };
    expect(
      kinds({ movements: [movement({ ...young, state: 'sent', transactionId: null })], listed: [] }),
    ).toEqual([]);
    expect(kinds({ movements: [movement(young)], listed: [] })).toEqual([]);
  });

  test('disagree about a charge that is missing, unproven, of another amount, elsewhere, or failed since', () => {
    expect(kinds({ listed: [] })).toEqual(['missing']);
    expect(kinds({ movements: [movement({ state: 'sent', transactionId: null })], listed: [] })).toEqual([
      'unproven',
    ]);
    expect(kinds({ listed: [listed({ amountCents: 1 })] })).toEqual(['amount_differs']);
    expect(kinds({ listed: [listed({ accountId: 'operating-1' })] })).toEqual(['account_differs']);
    expect(kinds({ listed: [listed({ status: 'FAILED' })] })).toEqual(['failed_later']);
    expect(kinds({ listed: [listed({ refundedCents: 15_001 })] })).toEqual(['over_refunded']);
  });

  test('disagree about a second charge under a reference, and a refund of ours that we did not make', () => {
    expect(kinds({ listed: [listed(), listed({ id: 't2' })] })).toEqual(['unknown_charge']);
    const refund = listed({ id: 'r1', type: 'REFUND', chargeId: 't1', reference: undefined });
    expect(kinds({ listed: [listed(), refund] })).toEqual(['unknown_refund']);
    const made = movement({
      reference: 'r',
      kind: 'REFUND',
      transactionId: 'r1',
      ofTransaction: 't1',
      how: 'refund',
    });
    expect(kinds({ movements: [movement(), made], listed: [listed(), refund] })).toEqual([]);
    const others = listed({ id: 'r2', type: 'REFUND', chargeId: 'not-ours' });
    expect(kinds({ listed: [listed(), listed({ id: 'not-ours', reference: 'walk-in' }), others] })).toEqual(
      [],
    );
  });

  test('tell a wrong unit from a wrong amount', () => {
    const link = {
      reference: 'call_1.payment',
      amountCents: 15_000,
      account: 'trust',
      onTheirPage: true,
    } as const;
    const paid = (amountCents: number, more: Partial<Listed> = {}) =>
      kinds({
        links: [link],
        movements: [],
        listed: [listed({ reference: link.reference, amountCents, ...more })],
      });
    expect(paid(15_000)).toEqual([]);
    expect(paid(1_500_000)).toEqual(['unit_suspect']);
    expect(paid(150)).toEqual(['unit_suspect']);
    expect(paid(14_999)).toEqual(['amount_differs']);
    expect(paid(15_000, { accountId: 'mystery' })).toEqual(['account_differs']);
    expect(paid(15_000, { status: 'VOIDED' })).toEqual([]);
  });
});

test('money under one of our references beyond what we know of never goes untold', () => {
  const anyListed = fc.record({
    id: fc.constantFrom('t1', 't2', 't3'),
    status: fc.constantFrom('AUTHORIZED', 'COMPLETED', 'FAILED', 'VOIDED'),
  });
  fc.assert(
    fc.property(fc.uniqueArray(anyListed, { selector: ({ id }) => id }), (theirs) => {
      const all = theirs.map((one) => listed(one));
      const isExtra = all.some(({ id, status }) => id !== 't1' && status !== 'FAILED' && status !== 'VOIDED');
      expect(kinds({ listed: all }).includes('unknown_charge')).toBe(isExtra);
    }),
  );
});
