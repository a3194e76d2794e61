import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { App } from '../../src/api/app-types.js';
import { createPayDesk } from '../../src/api/pay/pay-desk.js';
import { mergeSettings } from '../../src/db/connections.js';
import { withTenant } from '../../src/db/tenant.js';
import { testApp } from '../api/support/app.js';
import { eventually } from '../support/eventually.js';
import { silentLogger } from '../support/log.js';
import { quickLadder } from './intake-stack.js';
import { startMoneyStack, trustId, type MoneyStack } from './money-stack.js';

let stack: MoneyStack;
let app: App;
beforeAll(async () => {
  stack = await startMoneyStack({ lawpaySettleMs: 50 });
  const { pool, tenantId, box, client } = stack;
  await withTenant(pool, tenantId, (scope) =>
    mergeSettings(scope, tenantId, 'lawpay', { payOn: 'hermes', accounts: { trust: trustId } }),
  );
  const desk = { pool, box, temporal: client, logger: silentLogger, ladder: quickLadder };
  app = await testApp({ pool, payDesk: createPayDesk(desk) });
});
afterEach(() => stack.controls.lawpay.clearFaults());
afterAll(async () => {
  await app.close();
  await stack.close();
});

/** @returns the path of a new page */
const pageOf = async (): Promise<string> => new URL((await stack.link()).url).pathname;

const see = async (path: string) => (await app.inject(path)).body;
const pay = (path: string, token: string) =>
  app.inject({ method: 'POST', url: path, payload: { token }, headers: { 'sec-fetch-site': 'same-origin' } });
const stateOf = async (path: string) => (await app.inject(`${path}/state`)).json<{ state: string }>().state;
const until = (path: string, state: string) =>
  eventually(async () => (await stateOf(path)) === state, {
    withinMs: 30_000,
    what: `the page says ${state}`,
  });
const chargesNow = async () => (await stack.kept('charge')).length;

describe('our payment page', () => {
  let path: string;
  let before: number;
  beforeEach(async () => {
    path = await pageOf();
    before = await chargesNow();
  });

  test('is paid once, however often the button, the way back and the link are used', async () => {
    expect(await see(path)).toContain('Pay $150.00');
    const token = await stack.token();
    const [other, third] = [await stack.token(), await stack.token()];
    // A double click, and a second window with another token, all at once.
    await Promise.all([pay(path, token), pay(path, token), pay(path, other)]);
    await until(path, 'paid');
    await pay(path, third);
    await pay(path, token);
    expect(await see(path)).toContain('Your payment went through');
    expect(await chargesNow()).toBe(before + 1);
  });

  test('takes another card after a declined one, and says what helps', async () => {
    await pay(path, await stack.token('4000000000000044'));
    await until(path, 'open');
    expect(await see(path)).toContain('not enough money on the card');
    await pay(path, await stack.token());
    await until(path, 'paid');
    const made = (await stack.kept('charge')).slice(before);
    expect(made.map(({ status }) => status)).toEqual(['FAILED', 'AUTHORIZED']);
  });

  test('shuts after six declined cards: it is no place to try a list of stolen ones', async () => {
    for (let attempt = 1; attempt <= 6; attempt++) {
      await pay(path, await stack.token('4000000000000002'));
      await until(path, attempt < 6 ? 'open' : 'shut');
    }
    await pay(path, await stack.token());
    expect(await see(path)).toContain('no more are taken here');
    expect(await chargesNow()).toBe(before + 6);
  });

  test('offers no second payment while nobody knows what became of the first', async () => {
    await stack.controls.lawpay.fault({
      match: { method: 'POST', path: '/v1/charges' },
      effect: { kind: 'cut' },
    });
    await pay(path, await stack.token());
    await eventually(
      async () => (await see(path)).includes('do not pay again') || (await stateOf(path)) === 'working',
      {
        ...{ withinMs: 30_000, what: 'the page waits' },
      },
    );
    await pay(path, await stack.token());
    expect(await see(path)).not.toContain('<form');
    expect(await chargesNow()).toBe(before);
  });
});

describe('an attempt to pay', () => {
  test('whose write could not be begun is begun by the next look, once', async () => {
    const path = await pageOf();
    const before = await chargesNow();
    const { pool, box, client } = stack;
    const away = Object.assign(Object.create(client) as typeof client, {
      withDeadline: () => Promise.reject(new Error('Temporal is away')),
    });
    const desk = { pool, box, temporal: away, logger: silentLogger, ladder: quickLadder };
    const without = await testApp({ pool, payDesk: createPayDesk(desk) });
    try {
      const token = await stack.token();
      const answer = await without.inject({ method: 'POST', url: path, payload: { token } });
      expect(answer.json()).toEqual({ state: 'working' });
    } finally {
      await without.close();
    }
    await until(path, 'paid');
    expect(await chargesNow()).toBe(before + 1);
  });

  test('that was given up with its dead token can never be sent later', async () => {
    const path = await pageOf();
    const { pool, box, client, tenantId } = stack;
    const away = Object.assign(Object.create(client) as typeof client, {
      withDeadline: () => Promise.reject(new Error('Temporal is away')),
    });
    const desk = createPayDesk({ pool, box, temporal: away, logger: silentLogger, ladder: quickLadder });
    const [, secret = ''] = path.split('.');
    const begun = await desk.pay({ tenantId, secret }, await stack.token());
    await withTenant(pool, tenantId, (scope) =>
      scope.query(`update payment_pages set attempted_at = now() - interval '6 minutes' where page_id = $1`, [
        begun?.page.pageId,
      ]),
    );
    expect((await desk.look({ tenantId, secret }))?.state).toMatchObject({ kind: 'open' });
    // A start that was on its way all the time arrives now.
    const key = `${begun?.page.pageId}.1`;
    const deposit = begun?.page.deposit;
    if (!deposit) throw new Error('no page');
    const before = await chargesNow();
    const late = await stack.begin({
      operation: 'lawpay.charge.create',
      ...{ tenantId, key, priority: 'CRITICAL', payload: { deposit, token: await stack.token() } },
    });
    expect((await stack.parked(late)).lastError).toMatchObject({ errorClass: 'conflict' });
    expect(await chargesNow()).toBe(before);
  });
});

describe('the address', () => {
  test('is the only key: a wrong one leads to a page that says nothing', async () => {
    const path = await pageOf();
    const wrong = await app.inject(`${path.slice(0, -1)}${path.endsWith('A') ? 'B' : 'A'}`);
    expect(wrong.statusCode).toBe(404);
    expect(wrong.body).not.toContain('Whitfield');
    expect((await app.inject('/pay/whitfield.short')).statusCode).toBe(404);
    expect((await app.inject(`/pay/other-firm.${path.split('.')[1] ?? ''}`)).statusCode).toBe(404);
  });

  test('is told to nobody, and the page runs no script but ours and the gateway’s', async () => {
    const { headers, body } = await app.inject(await pageOf());
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self' https://fields.example;");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(headers['referrer-policy']).toBe('no-referrer');
    expect(headers['cache-control']).toBe('no-store');
    expect(body).not.toMatch(/<script(?![^>]*src=)|style="|\son\w+="/);
    expect(body).toContain('<noscript>');
  });

  test('takes a token and nothing that could be a card, and from no other site', async () => {
    const path = await pageOf();
    for (const payload of [
      { token: '4242424242424242' },
      { token: await stack.token(), number: '4242424242424242' },
      { number: '4242424242424242' },
      {},
    ])
      expect((await app.inject({ method: 'POST', url: path, payload })).statusCode).toBe(400);
    const headers = { 'sec-fetch-site': 'cross-site' };
    const payload = { token: await stack.token() };
    expect((await app.inject({ method: 'POST', url: path, payload, headers })).statusCode).toBe(403);
    expect(await stateOf(path)).toBe('open');
  });
});
