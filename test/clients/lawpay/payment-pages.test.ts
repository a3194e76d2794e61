import { describe, expect, test } from '@jest/globals';
import type { UnitProof } from '../../../src/domain/payments/settings.js';
import { choosePage, paymentLink, type PaymentPage } from '../../../src/clients/lawpay/payment-pages.js';

const page = (id: number, account: string): PaymentPage => ({
  id,
  merchant_account_id: account,
  public_url: `https://secure.lawpay.com/pages/firm/${id}`,
});
const accounts = [
  { id: 'op', isTrust: false },
  { id: 'iolta', isTrust: true },
  { id: 'mystery', isTrust: undefined },
];

const unit = (name: UnitProof['unit']): UnitProof => ({
  unit: name,
  shownCents: name === 'cents' ? 1_234 : 123_400,
  by: 'pat',
  atMs: 1,
});

describe('the page of a payment', () => {
  test('is the one whose account is of the wanted kind', () => {
    const pages = [page(1, 'op'), page(2, 'iolta'), page(3, 'mystery')];
    expect(choosePage(pages, accounts, 'trust', {}).id).toBe(2);
    expect(choosePage(pages, accounts, 'operating', {}).id).toBe(1);
  });

  test('is never guessed: none, several and a mapping to the wrong kind of account are refused', () => {
    const refused = expect.objectContaining({ errorClass: 'invalid' });
    const choose = (pages: PaymentPage[], mapped = {}) => {
      try {
        return choosePage(pages, accounts, 'trust', mapped);
      } catch (error) {
        return error;
      }
    };
    expect(choose([page(1, 'op'), page(3, 'mystery')])).toEqual(refused);
    expect(choose([page(2, 'iolta'), page(4, 'iolta')])).toEqual(refused);
    expect(choose([page(1, 'op'), page(2, 'iolta')], { trust: 1 })).toEqual(refused);
    expect(choose([page(2, 'iolta'), page(4, 'iolta')], { trust: 4 })).toMatchObject({ id: 4 });
  });
});

describe('a payment link', () => {
  const payload = {
    money: { amountCents: 15_050, currency: 'USD', account: 'trust' },
    purpose: 'consultation',
    reference: 'call_1.payment',
    payerName: 'Lucía Ramírez & Co',
    payerEmail: 'l+r@example.com',
  } as const;

  test('carries the amount in the unit the firm has settled', () => {
    expect(paymentLink('https://p.example/x', payload, unit('cents'))).toContain('amount=15050&');
    expect(paymentLink('https://p.example/x', payload, unit('dollars'))).toContain('amount=150.50&');
  });

  test('writes spaces as %20 and lets no value break out of its parameter', () => {
    const link = paymentLink('https://p.example/x?stale=1', payload, unit('cents'));
    expect(link).toContain('name=Luc%C3%ADa%20Ram%C3%ADrez%20%26%20Co&email=l%2Br%40example.com');
    expect(link).not.toContain('stale');
    expect(new URL(link).searchParams.get('readOnlyFields')).toBe('reference,amount');
  });
});
