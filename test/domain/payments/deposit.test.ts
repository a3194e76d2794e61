import { describe, expect, test } from '@jest/globals';
import {
  Deposit,
  depositOf,
  namedAccounts,
  OperatingAccountId,
  TrustAccountId,
} from '../../../src/domain/payments/deposit.js';
import type { Money } from '../../../src/domain/money.js';

const trust = TrustAccountId.parse('trust-account');
const operating = OperatingAccountId.parse('operating-account');
const money = (account: Money['account']): Money => ({ amountCents: 15_000, currency: 'USD', account });
const amount = { amountCents: 15_000, currency: 'USD' } as const;

describe('a deposit', () => {
  test('of unearned fees goes to trust, of earned ones to operating', () => {
    const accounts = { trust, operating };
    expect(depositOf(money('trust'), accounts)).toMatchObject({ fee: 'unearned', account: { id: trust } });
    expect(depositOf(money('operating'), accounts)).toMatchObject({
      fee: 'earned',
      account: { id: operating },
    });
  });

  test('is refused while the firm has named no account of that kind; the other kind never stands in', () => {
    expect(() => depositOf(money('trust'), { operating })).toThrow('named no trust account');
    expect(() => depositOf(money('operating'), { trust })).toThrow('named no operating account');
  });

  test('into the wrong account, or into none, does not compile and does not parse', () => {
    const wrong: unknown[] = [
      // @ts-expect-error unearned money in an operating account
      { ...amount, fee: 'unearned', account: { kind: 'operating', id: operating } } satisfies Deposit,
      // @ts-expect-error earned money in trust
      { ...amount, fee: 'earned', account: { kind: 'trust', id: trust } } satisfies Deposit,
      // @ts-expect-error no account: LawPay would take its primary one
      { ...amount, fee: 'unearned' } satisfies Deposit,
      // @ts-expect-error an account without an id
      { ...amount, fee: 'unearned', account: { kind: 'trust' } } satisfies Deposit,
    ];
    for (const deposit of wrong) expect(Deposit.safeParse(deposit).success).toBe(false);
    // An id never changes its kind, nor is a text one; these the compiler alone can see.
    // @ts-expect-error the id of an operating account as one of a trust account
    const swapped: Deposit = { ...amount, fee: 'unearned', account: { kind: 'trust', id: operating } };
    // @ts-expect-error a text that nobody confirmed
    const guessed: Deposit = { ...amount, fee: 'unearned', account: { kind: 'trust', id: 'trust-account' } };
    expect([swapped, guessed]).toHaveLength(2);
  });
});

describe('an account gets its kind', () => {
  const known = [
    { id: 'iolta-1', isTrust: true },
    { id: 'main-1', isTrust: false },
    { id: 'mystery', isTrust: undefined },
  ];
  test('from LawPay, never from whoever chose it', () => {
    expect(namedAccounts({ trust: 'iolta-1', operating: 'main-1' }, known)).toEqual({
      trust: 'iolta-1',
      operating: 'main-1',
    });
    expect(() => namedAccounts({ trust: 'main-1' }, known)).toThrow('account main-1 is of the kind trust');
    expect(() => namedAccounts({ operating: 'iolta-1' }, known)).toThrow(
      'account iolta-1 is of the kind operating',
    );
    expect(() => namedAccounts({ trust: 'elsewhere' }, known)).toThrow('knows no account');
  });

  test('and one that LawPay says nothing about is neither', () => {
    expect(() => namedAccounts({ trust: 'mystery' }, known)).toThrow();
    expect(() => namedAccounts({ operating: 'mystery' }, known)).toThrow();
  });
});
