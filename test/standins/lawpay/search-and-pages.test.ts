import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { controlOf } from '../../../standins/kit/control.js';
import { startStandin } from '../../../standins/kit/standin.js';
import { lawpayStandin } from '../../../standins/lawpay/server.js';
import { basic, operating, startLawPay, trust, type LawPayHarness } from './harness.js';

let lawpay: LawPayHarness;
beforeAll(async () => {
  lawpay = await startLawPay();
});
beforeEach(() => lawpay.control.reset());
afterAll(() => lawpay.close());

const search = async (query: string) => {
  const { body } = await lawpay.call('GET', `/v1/transactions?${query}`);
  return body.results.map(({ reference }) => reference);
};

describe('searching transactions', () => {
  test('the index lags: a charge is read by id at once and found a second later', async () => {
    const { id } = (await lawpay.charge({ reference: 'op-1' })).body;
    expect(await search('qf=reference:op-1')).toEqual([]);
    expect((await lawpay.call('GET', `/v1/transactions/${id}`)).status).toBe(200);
    await lawpay.control.advanceClock(1_000);
    expect(await search('qf=reference:op-1')).toEqual(['op-1']);
  });

  test('a filter is a prefix, several must all hold, and nested fields can be named', async () => {
    await lawpay.control.configure({ indexLagMs: 0 });
    await lawpay.charge({ reference: 'op-1' });
    await lawpay.charge({ reference: 'op-12', account_id: trust.id });
    expect((await search('qf=reference:op-1')).sort()).toEqual(['op-1', 'op-12']);
    expect(await search(`qf=reference:op-1&account_id=${trust.id}`)).toEqual(['op-12']);
    expect(await search('qf=reference:op-12&qf=method.type:card')).toEqual(['op-12']);
    expect(await search('qf=reference:op-12&qf=method.type:bank')).toEqual([]);
    expect(await search(`start_date=${new Date(Date.now() + 60_000).toISOString()}`)).toEqual([]);
  });

  test('pages past the end are empty, and dates must be dates', async () => {
    await lawpay.control.configure({ indexLagMs: 0 });
    for (const reference of ['a', 'b', 'c']) await lawpay.charge({ reference });
    expect(await search('page=1&page_size=2')).toHaveLength(2);
    expect(await search('page=2&page_size=2')).toHaveLength(1);
    expect(await search('page=3&page_size=2')).toEqual([]);
    expect((await lawpay.call('GET', '/v1/transactions?start_date=yesterday')).status).toBe(422);
  });

  test('events come newest first, or in order from a start, and can be read again by id', async () => {
    const first = (await lawpay.charge()).body.id;
    await lawpay.control.advanceClock(1_000);
    await lawpay.charge();
    const newest = (await lawpay.call('GET', '/v1/events')).body.results;
    const inOrder = (await lawpay.call('GET', '/v1/events?start_date=2020-01-01T00:00:00.000Z')).body.results;
    expect(inOrder).toEqual([...newest].reverse());
    const { body } = await lawpay.call('GET', `/v1/events/${inOrder[0]!.id}`);
    expect(body).toMatchObject({ type: 'transaction.authorized', data: { id: first } });
  });
});

interface Granted {
  access_token: string;
  accounts: { id: string; secretKey: string }[];
}
const partnerToken = async () => ((await lawpay.control.post('grant')) as Granted).access_token;
const asPartner = async (path: string) =>
  (await fetch(lawpay.url + path, { headers: { authorization: `Bearer ${await partnerToken()}` } })).json();
const pageUrl = async (slug: string) => {
  const { payment_pages: pages } = (await asPartner('/payment-pages')) as {
    payment_pages: { public_url: string }[];
  };
  return pages.map(({ public_url: url }) => url).find((url) => url.endsWith(`/${slug}`))!;
};

describe('the partner side', () => {
  test('a consent buys a token without expiry, once', async () => {
    const redirect = 'http://127.0.0.1:8080/oauth/lawpay/callback';
    const query = {
      response_type: 'code',
      client_id: 'standin-client',
      redirect_uri: redirect,
      scope: 'payments',
      state: 's',
    };
    const consent = await fetch(`${lawpay.url}/oauth/authorize?${new URLSearchParams(query).toString()}`, {
      redirect: 'manual',
    });
    const back = new URL(consent.headers.get('location')!);
    expect(back.searchParams.get('state')).toBe('s');
    const exchange = () =>
      lawpay.call('POST', '/oauth/token', {
        ...{ client_id: 'standin-client', client_secret: 'standin-secret', grant_type: 'authorization_code' },
        ...{ redirect_uri: redirect, code: back.searchParams.get('code'), scope: 'payments' },
      });
    const { body } = await exchange();
    expect(body['access_token']).toHaveLength(64);
    expect(body).not.toHaveProperty('expires_in');
    expect((await exchange()).status).toBe(401);
  });

  test('it gives out the keys, with trust as text', async () => {
    const { test_accounts: accounts } = (await asPartner('/gateway-credentials')) as {
      test_accounts: object[];
    };
    expect(accounts).toContainEqual(
      expect.objectContaining({ id: trust.id, trust_account: 'true', secret_key: trust.secret }),
    );
    expect(accounts).toContainEqual(expect.objectContaining({ id: operating.id, trust_account: 'false' }));
  });

  test('nothing of it works without a partner token', async () => {
    for (const path of ['/gateway-credentials', '/payment-pages'])
      expect((await lawpay.call('GET', path, undefined, basic(operating.secret))).status).toBe(401);
  });
});

describe('payment pages', () => {
  test('a page shows amount and reference, notes the visit and escapes what the link says', async () => {
    const url = `${await pageUrl('trust')}?amount=25000&reference=op-1&name=%3Cscript%3E`;
    const response = await fetch(url);
    const text = await response.text();
    expect(response.headers.get('x-frame-options')).toBe('SAMEORIGIN');
    for (const part of ['$250.00', 'op-1', 'trust account']) expect(text).toContain(part);
    expect(text).not.toContain('<script>');
    expect(await lawpay.control.created('page_view')).toMatchObject([{ page: 'trust', reference: 'op-1' }]);
  });

  test('paying a link charges the page’s account with the link’s reference, as often as it is paid', async () => {
    const url = `${await pageUrl('trust')}?amount=25000&reference=op-1`;
    await lawpay.control.post('pay', { url });
    expect((await fetch(url, { method: 'POST' })).status).toBe(200);
    await lawpay.control.post('pay', { url, amountCents: 100 });
    const expected = { status: 'AUTHORIZED', account_id: trust.id, reference: 'op-1' };
    expect(await lawpay.control.created('charge')).toMatchObject([
      { ...expected, amount: 25_000 },
      { ...expected, amount: 25_000 },
      { ...expected, amount: 100 },
    ]);
  });

  test('a firm whose pages read dollars takes the same link for a hundred times as much', async () => {
    await lawpay.control.configure({ pageAmountUnit: 'dollars' });
    await lawpay.control.post('pay', { url: `${await pageUrl('operating')}?amount=250` });
    expect(await lawpay.control.created('charge')).toMatchObject([
      { amount: 25_000, account_id: operating.id },
    ]);
  });

  test('an unknown page or a link without an amount cannot be paid', async () => {
    const page = await pageUrl('trust');
    await expect(lawpay.control.post('pay', { url: `${page}x?amount=100` })).rejects.toThrow(
      'resource_not_found',
    );
    await expect(lawpay.control.post('pay', { url: page })).rejects.toThrow('below_minimum_value');
  });
});

test('charges, events and partner tokens survive a restart', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hermes-lawpay-'));
  const options = { port: 0, stateFile: join(folder, 'lawpay.ndjson') };
  const first = await startStandin(lawpayStandin, options);
  const { access_token: token } = (await controlOf(first.url).post('grant')) as Granted;
  await controlOf(first.url).post('pay', {
    url: `${first.url}/pages/whitfield-law/trust?amount=25000&reference=op-1`,
  });
  await first.close();

  const second = await startStandin(lawpayStandin, options);
  const read = async (path: string, authorization: string) =>
    (await fetch(second.url + path, { headers: { authorization } })).json();
  await controlOf(second.url).configure({ indexLagMs: 0 });
  expect(await read('/v1/transactions', basic(operating.secret))).toMatchObject({
    results: [{ reference: 'op-1' }],
  });
  expect(await read('/v1/events', basic(operating.secret))).toMatchObject({ total_entries: 1 });
  expect(await read('/payment-pages', `Bearer ${token}`)).toHaveProperty('payment_pages');
  await second.close();
  rmSync(folder, { recursive: true });
});
