import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { basic, operating, startLawPay, trust, trustAch, type LawPayHarness } from './harness.js';

let lawpay: LawPayHarness;
beforeAll(async () => {
  lawpay = await startLawPay();
});
beforeEach(() => lawpay.control.reset());
afterAll(() => lawpay.close());

const codes = ({ status, body }: { status: number; body: { messages: { code: string }[] } }) => [
  status,
  ...body.messages.map(({ code }) => code),
];

describe('keys', () => {
  test('anyone may ask for the health', async () => {
    expect(await (await fetch(`${lawpay.url}/status`)).json()).toEqual({ status: 'NORMAL' });
  });

  test('a secret key is needed, with an empty password; a public key only makes tokens', async () => {
    const read = (authorization: string) => lawpay.call('GET', '/v1/merchant', undefined, authorization);
    const withPassword = `Basic ${Buffer.from(`${operating.secret}:x`).toString('base64')}`;
    for (const wrong of ['', 'Bearer x', basic('m_operatingCardAccount01'), basic('unknown'), withPassword])
      expect(codes(await read(wrong))).toEqual([401, 'not_authorized']);
    expect((await read(basic(trust.secret))).status).toBe(200);
    expect(codes(await lawpay.call('POST', '/v1/tokens', { type: 'card' }))).toEqual([401, 'not_authorized']);
  });

  test('the merchant shows which account is trust', async () => {
    const { body } = await lawpay.call('GET', '/v1/merchant');
    expect(body['merchant_accounts']).toMatchObject([
      { id: operating.id, primary: true, trust_account: false },
      { id: trust.id, primary: false, trust_account: true },
    ]);
  });
});

describe('tokens', () => {
  test('they mask the number, take forms, and are not checked before the charge', async () => {
    const form = { public_key: 'm_operatingCardAccount01', type: 'card', number: '4242424242424241' };
    const response = await fetch(`${lawpay.url}/v1/tokens`, {
      method: 'POST',
      body: new URLSearchParams({ ...form, exp_month: '12', exp_year: '99', cvv: '123' }),
    });
    const token = (await response.json()) as { id: string; number: string; cvv: string };
    expect(token).toMatchObject({ number: '************4241', cvv: '***', card_type: 'VISA' });
    const answer = await lawpay.call('POST', '/v1/charges', { amount: 100, method: token.id });
    expect(codes(answer)).toEqual([422, 'card_number_invalid']);
  });

  test('one is good for one charge and for five minutes', async () => {
    const method = await lawpay.cardToken();
    const late = await lawpay.cardToken();
    expect((await lawpay.call('POST', '/v1/charges', { amount: 100, method })).status).toBe(200);
    expect(codes(await lawpay.call('POST', '/v1/charges', { amount: 100, method }))).toEqual([
      404,
      'resource_not_found',
    ]);
    await lawpay.control.advanceClock(300_000);
    expect((await lawpay.call('POST', '/v1/charges', { amount: 100, method: late })).status).toBe(404);
  });

  test('a full card number reaches neither the ledger nor an answer', async () => {
    await lawpay.charge();
    expect(JSON.stringify(await lawpay.control.ledger())).not.toContain('4242424242424242');
  });
});

describe('a charge', () => {
  test('answers 200 and AUTHORIZED, in cents given as number or text, to the account it names', async () => {
    const { status, body } = await lawpay.charge({
      amount: '25000',
      account_id: trust.id,
      reference: 'op-1',
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'AUTHORIZED',
      amount: 25_000,
      account_id: trust.id,
      reference: 'op-1',
    });
    expect(body.id).toMatch(/^[\w-]{22}$/);
  });

  test('without an account goes to the primary one, even with the key of the trust account', async () => {
    const method = await lawpay.cardToken();
    const answer = await lawpay.call('POST', '/v1/charges', { amount: 100, method }, basic(trust.secret));
    expect(answer.body['account_id']).toBe(operating.id);
  });

  test('made twice is two charges, whatever the reference or idempotency key', async () => {
    await lawpay.charge({ reference: 'op-1' });
    await lawpay.charge({ reference: 'op-1' });
    expect(await lawpay.control.created('charge')).toHaveLength(2);
  });

  test('that is declined answers 422 and leaves a failed transaction, without an event', async () => {
    for (const [number, code, status] of [
      ['4000000000000002', 'card_declined', 422],
      ['4000000000000044', 'card_declined_insufficient_funds', 422],
      ['4000000000000143', 'card_processing_error', 500],
    ] as const) {
      const answer = await lawpay.charge({}, number);
      expect(codes(answer)).toEqual([status, code]);
      const { body } = await lawpay.call('GET', `/v1/transactions/${answer.body.messages[0]!.entity_id!}`);
      expect(body).toMatchObject({ status: 'FAILED', failure_code: code });
    }
    expect((await lawpay.call('GET', '/v1/events')).body.results).toEqual([]);
  });

  test('with bad values is refused, naming each field', async () => {
    const { status, body } = await lawpay.call('POST', '/v1/charges', {
      amount: 0,
      method: '',
      reference: 'x'.repeat(129),
    });
    expect(status).toBe(422);
    expect(body.messages.map(({ context, sub_code: sub }) => [context, sub])).toEqual(
      expect.arrayContaining([
        ['amount', 'below_minimum_value'],
        ['reference', 'invalid_length'],
      ]),
    );
  });

  test('to an account of the wrong kind or an unknown one is refused', async () => {
    expect(codes(await lawpay.charge({ account_id: trustAch.id }))).toEqual([422, 'incorrect_payment_type']);
    expect(codes(await lawpay.charge({ account_id: 'nope' }))).toEqual([404, 'resource_not_found']);
  });

  test('whose answer was cut off stands in the books once', async () => {
    const method = await lawpay.cardToken();
    await lawpay.control.fault({ match: { path: '/v1/charges' }, effect: { kind: 'commit_then_cut' } });
    const body = { amount: 100, method, reference: 'op-1' };
    await expect(lawpay.call('POST', '/v1/charges', body)).rejects.toThrow('fetch failed');
    expect(await lawpay.control.created('charge')).toMatchObject([
      { reference: 'op-1', status: 'AUTHORIZED' },
    ]);
    // The spent token does not mean the card was not charged.
    expect((await lawpay.call('POST', '/v1/charges', body)).status).toBe(404);
  });
});

describe('after the charge', () => {
  const act = (id: string, what: string, body: object = {}) =>
    lawpay.call('POST', `/v1/charges/${id}/${what}`, body);
  const cancel = (id: string) => lawpay.call('POST', `/v1/transactions/${id}/void`, {});

  test('a hold is captured in part, once, and never above what was authorized', async () => {
    const { id } = (await lawpay.charge({ auto_capture: false })).body;
    expect(codes(await act(id, 'refund', { amount: 1 }))).toEqual([422, 'not_valid_for_transaction_status']);
    expect(codes(await act(id, 'capture', { amount: 25_001 }))).toEqual([422, 'exceeds_authorized_amount']);
    expect((await act(id, 'capture', { amount: 20_000 })).body).toMatchObject({
      status: 'COMPLETED',
      amount: 20_000,
    });
    expect(codes(await act(id, 'capture'))).toEqual([422, 'not_valid_for_transaction_status']);
  });

  test('a void works until settlement; afterwards a refund does', async () => {
    const first = (await lawpay.charge()).body.id;
    expect((await cancel(first)).body.status).toBe('VOIDED');
    const second = (await lawpay.charge()).body.id;
    await lawpay.control.post('settle');
    expect(codes(await cancel(second))).toEqual([422, 'not_valid_for_transaction_status']);
    expect((await act(second, 'refund', { amount: 25_000 })).body).toMatchObject({
      type: 'REFUND',
      status: 'COMPLETED',
    });
    const types = (await lawpay.call('GET', '/v1/events')).body.results.map(({ type }) => type);
    expect(types).toEqual([
      'transaction.completed',
      'transaction.completed',
      'transaction.authorized',
      'transaction.voided',
      'transaction.authorized',
    ]);
  });

  test('refunds add up to the charge and no further; a voided refund gives the amount back', async () => {
    const { id } = (await lawpay.charge()).body;
    const refund = (await act(id, 'refund', { amount: 20_000 })).body;
    expect(codes(await act(id, 'refund', { amount: 5_001 }))).toEqual([422, 'refund_exceeds_transaction']);
    expect(codes(await cancel(id))).toEqual([422, 'not_valid_for_transaction_status']);
    expect((await cancel(refund.id)).status).toBe(200);
    const { body } = await lawpay.call('GET', `/v1/transactions/${id}`);
    expect(body).toMatchObject({ amount_refunded: 0, refunds: [{ id: refund.id, status: 'VOIDED' }] });
  });
});
