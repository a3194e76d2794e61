import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  declineWords,
  isStale,
  MAX_ATTEMPTS,
  PageAddress,
  pageState,
  TOKEN_LIFE_MS,
  type AttemptNow,
} from '../../../src/domain/payments/page.js';

const HOUR_MS = 3_600_000;
const attempt = (movement: Partial<AttemptNow['movement']>, more: Partial<AttemptNow> = {}): AttemptNow => ({
  ...{ attempts: 1, attemptedAtMs: 0, isWaiting: false },
  movement: { state: 'answered', status: null, failureCode: null, ...movement },
  ...more,
});
const stateOf = (now: AttemptNow | undefined, nowMs = 1_000) =>
  pageState({ expiresAtMs: HOUR_MS, ...(now && { attempt: now }) }, nowMs);

describe('a payment page', () => {
  test('is open until it expires, and shut to a new payment afterwards', () => {
    expect(stateOf(undefined)).toEqual({ kind: 'open' });
    expect(stateOf(undefined, HOUR_MS)).toEqual({ kind: 'shut', why: 'expired' });
  });

  test('shows what became of a payment, also long after it expired', () => {
    expect(stateOf(attempt({ status: 'AUTHORIZED' }), 99 * HOUR_MS)).toEqual({ kind: 'paid' });
    expect(stateOf(attempt({ status: 'VOIDED' }))).toEqual({ kind: 'returned' });
  });

  test('opens again after a declined card with words that help, until there were too many', () => {
    const declined = { status: 'FAILED', failureCode: 'card_expired' };
    expect(stateOf(attempt(declined))).toEqual({ kind: 'open', declined: 'The card has expired.' });
    const last = attempt(declined, { attempts: MAX_ATTEMPTS });
    expect(stateOf(last)).toEqual({ kind: 'shut', why: 'attempts' });
    // A code that tells of theft tells the payer nothing.
    expect(declineWords('card_declined_hold')).toBe(declineWords('card_declined'));
  });

  test('asks a payer to wait for seconds, not for minutes', () => {
    expect(stateOf(attempt({ state: 'sent' }))).toEqual({ kind: 'working' });
    expect(stateOf(attempt({ state: 'sent' }), 60_000)).toEqual({ kind: 'delayed' });
    // LawPay has it, and its processor has still to confirm.
    expect(stateOf(attempt({ status: 'PENDING' }))).toEqual({ kind: 'delayed' });
  });

  test('never takes another card while the last one may yet be charged', () => {
    const anyMovement = fc.record({
      state: fc.constantFrom('ready' as const, 'sent' as const),
      status: fc.constantFrom(null, 'FAILED', 'AUTHORIZED'),
      failureCode: fc.constantFrom(null, 'card_declined'),
    });
    const anyNumbers = fc.record({ attempts: fc.integer({ min: 1, max: 9 }), nowMs: fc.nat(99 * HOUR_MS) });
    fc.assert(
      fc.property(anyMovement, anyNumbers, fc.boolean(), (movement, { attempts, nowMs }, isWaiting) => {
        const { kind } = stateOf(attempt(movement, { attempts, isWaiting }), nowMs);
        expect(['working', 'delayed']).toContain(kind);
      }),
    );
  });

  test('gives an attempt up only when its token is dead and nothing was sent', () => {
    const waiting = attempt({ state: 'ready' }, { isWaiting: true });
    expect(isStale(waiting, TOKEN_LIFE_MS)).toBe(false);
    expect(isStale(waiting, TOKEN_LIFE_MS + 1)).toBe(true);
    expect(isStale(attempt({ state: 'ready' }), HOUR_MS)).toBe(false);
    expect(isStale(attempt({ state: 'sent' }, { isWaiting: true }), HOUR_MS)).toBe(false);
  });
});

test('an address is a firm and 43 characters, and nothing shorter is looked up', () => {
  const secret = 'a'.repeat(43);
  expect(PageAddress.parse(`harbor-vale.${secret}`)).toEqual({ tenantId: 'harbor-vale', secret });
  for (const bad of [
    secret,
    `harbor-vale.${secret}a`,
    `harbor-vale.${secret.slice(1)}`,
    `../x.${secret}`,
    `A.${secret}`,
  ])
    expect(PageAddress.safeParse(bad).success).toBe(false);
});
