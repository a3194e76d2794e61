/** What becomes of payment requests, on its way to a firm's endpoint: over real parts, LawPay's stand-in and a receiver. */
import { createHash, randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { z } from 'zod';
import type { App } from '../../src/api/app-types.js';
import { createEventsLine } from '../../src/api/pay/events-line.js';
import { createPayDesk } from '../../src/api/pay/pay-desk.js';
import { createNoteReconnected } from '../../src/api/reconnected.js';
import { createStartWrite } from '../../src/api/start-write.js';
import { mergeSettings } from '../../src/db/connections.js';
import { withTenant } from '../../src/db/tenant.js';
import { taskQueues } from '../../src/workflows/messages.js';
import { watchPaymentsType } from '../../src/workflows/payment-messages.js';
import { controlOf, type Control } from '../../standins/kit/control.js';
import { startStandin, type RunningStandin } from '../../standins/kit/standin.js';
import { receiverStandin } from '../../standins/receiver/server.js';
import { bearer, testApp } from '../api/support/app.js';
import { eventually } from '../support/eventually.js';
import { silentLogger } from '../support/log.js';
import { quickLadder } from './intake-stack.js';
import { startMoneyStack, trustId, type MoneyStack } from './money-stack.js';

jest.setTimeout(180_000);

let stack: MoneyStack;
let app: App;
let receiver: RunningStandin;
let control: Control;
let hook: string;
const secret = randomBytes(24).toString('base64url');
const settle = (settings: Record<string, unknown>) =>
  withTenant(stack.pool, stack.tenantId, (scope) => mergeSettings(scope, stack.tenantId, 'lawpay', settings));
beforeAll(async () => {
  stack = await startMoneyStack({ lawpaySettleMs: 20 });
  const { pool, client: temporal, box, tenantId } = stack;
  await settle({
    accounts: { trust: trustId },
    eventsSecretSha256: createHash('sha256').update(secret).digest('hex'),
  });
  app = await testApp({
    ...{ pool, box, eventsCame: createEventsLine({ temporal, logger: silentLogger }) },
    payDesk: createPayDesk({ pool, box, temporal, logger: silentLogger, ladder: quickLadder }),
    webhooks: {
      box,
      policy: { ports: [443], allowPrivate: true },
      maxRatePerMinute: 60_000,
      start: createStartWrite({ temporal, logger: silentLogger }),
      reconnected: createNoteReconnected({ pool, temporal }),
    },
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const address = app.server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  hook = `http://127.0.0.1:${port}/api/v1/webhooks/lawpay/${tenantId}/${secret}`;
  receiver = await startStandin(receiverStandin, { port: 0 });
  control = controlOf(receiver.url);
  await endpoint();
}, 120_000);
afterEach(() => stack.controls.lawpay.clearFaults());
afterAll(async () => {
  await app.close();
  await stack.close();
  await receiver.close();
}, 30_000);

async function endpoint(path = '/payments'): Promise<void> {
  const headers = await bearer({ tenantId: stack.tenantId, roles: ['ADMIN'], subject: 'pat' });
  const payload = {
    ...{ url: `${receiver.url}${path}`, rate_per_minute: 60_000, reason: 'a test' },
    event_types: ['payment.paid', 'payment.failed', 'payment.refunded'],
  };
  const answer = await app.inject({ method: 'POST', url: '/api/v1/webhooks/endpoints', headers, payload });
  expect(answer.statusCode).toBe(201);
}

const Told = z.object({
  type: z.string(),
  data: z.looseObject({ reference: z.string(), state: z.string() }),
});
/** What the receiver was told of one payment request, in whatever order, repeats left out by it. */
const toldOf = async (reference: string, path = 'payments') =>
  (await control.created('event'))
    .map((data) => z.object({ path: z.string(), body: z.string() }).parse(data))
    .filter((event) => event.path === path)
    .map(({ body }) => Told.parse(JSON.parse(body)))
    .filter(({ data }) => data.reference === reference);
const typesOf = async (reference: string) => (await toldOf(reference)).map(({ type }) => type).sort();
const until = (what: string, holds: () => Promise<boolean>) => eventually(holds, { withinMs: 30_000, what });
const hears = (reference: string, ...types: string[]) =>
  until(`the receiver hears ${types.join(', ')} of ${reference}`, async () => {
    return (await typesOf(reference)).join() === types.sort().join();
  });

const run = (workflowType: string, args: unknown[]) =>
  stack.client.workflow.execute(workflowType, {
    ...{ workflowId: `run-${randomBytes(4).toString('hex')}`, taskQueue: taskQueues.core, args },
  });
/** Everything that has ever happened is posted: on a busy machine that takes longer than a control call may. */
const deliver = (how: object) => controlOf(stack.lawpayUrl, 120_000).post('deliver', { url: hook, ...how });
/** Learns everything again: by events, each posted twice and in the wrong order, by the poll and by the comparison. */
async function learnAgain(): Promise<void> {
  await deliver({ order: 'reversed', times: 2 });
  await run(watchPaymentsType, [{ task: 'poll' }]);
  await run(watchPaymentsType, [{ task: 'compare' }]);
  // Whatever had been noted anew would be sent now at the latest.
  await run('sweepOutbox', []);
}
/** Noted for one payment request, and so sent: one of each type. */
const noted = async (reference: string) => {
  const { rows } = await withTenant(stack.pool, stack.tenantId, (scope) =>
    scope.query<{ type: string }>(
      `select type from outgoing_events where data ->> 'reference' = $1 order by type`,
      [reference],
    ),
  );
  return rows.map(({ type }) => type);
};
const chargeOf = async (index = -1) => (await stack.kept('charge')).at(index)?.id ?? '';

describe('a payment on our page', () => {
  let reference: string;
  let path: string;
  beforeEach(async () => {
    await settle({ payOn: 'hermes' });
    const link = await stack.link();
    reference = link.key;
    path = new URL(link.url).pathname;
  });
  const pay = async (token: string) => {
    const headers = { 'sec-fetch-site': 'same-origin' };
    await app.inject({ method: 'POST', url: path, payload: { token }, headers });
  };
  const state = async () => (await app.inject(`${path}/state`)).json<{ state: string }>().state;

  test('is told once as paid, with the request it serves and nothing of the payer’s, however often it is learnt', async () => {
    await pay(await stack.token());
    await hears(reference, 'payment.paid');
    const [told] = await toldOf(reference);
    expect(told?.data).toEqual({
      ...{ reference, call_id: reference.split('.')[0], transaction_id: await chargeOf(), state: 'paid' },
      ...{ amount_cents: 15_000, currency: 'USD', account: 'trust' },
    });
    await learnAgain();
    await stack.controls.lawpay.post('settle');
    await learnAgain();
    expect(await noted(reference)).toEqual(['payment.paid']);
  });

  test('is told as failed for a declined card, and as paid for the next one', async () => {
    await pay(await stack.token('4000000000000002'));
    await hears(reference, 'payment.failed');
    await until('the page takes another card', async () => (await state()) === 'open');
    await pay(await stack.token());
    await hears(reference, 'payment.failed', 'payment.paid');
    await learnAgain();
    expect(await noted(reference)).toEqual(['payment.failed', 'payment.paid']);
  });

  test('whose answer was lost is told once, by whoever learns of it first', async () => {
    const charges = { method: 'POST', path: '/v1/charges' };
    await stack.controls.lawpay.fault({ match: charges, effect: { kind: 'commit_then_cut' } });
    await pay(await stack.token());
    await learnAgain();
    await hears(reference, 'payment.paid');
    await until('the page knows', async () => (await state()) === 'paid');
    await learnAgain();
    expect(await noted(reference)).toEqual(['payment.paid']);
  });

  test('that is voided is told as refunded once, by our own answer and by LawPay’s event', async () => {
    await pay(await stack.token());
    await hears(reference, 'payment.paid');
    const begun = await stack.reverse(await chargeOf());
    expect(await stack.outcome(begun)).toMatchObject({ status: 'done' });
    await hears(reference, 'payment.paid', 'payment.refunded');
    await learnAgain();
    expect(await noted(reference)).toEqual(['payment.paid', 'payment.refunded']);
  });

  test('that is refunded in parts is told of each part with its own amount', async () => {
    await pay(await stack.token());
    await hears(reference, 'payment.paid');
    await stack.controls.lawpay.post('settle');
    const charge = await chargeOf();
    for (const cents of [4_000, 5_000]) await stack.outcome(await stack.reverse(charge, cents));
    await hears(reference, 'payment.paid', 'payment.refunded', 'payment.refunded');
    await learnAgain();
    const refunds = (await toldOf(reference)).filter(({ type }) => type === 'payment.refunded');
    expect(refunds.map(({ data }) => data['amount_cents']).sort()).toEqual([4_000, 5_000]);
    expect(await noted(reference)).toHaveLength(3);
  });
});

describe('a payment on LawPay’s page', () => {
  beforeEach(() => settle({ payOn: 'lawpay' }));
  const paid = async (url: string) => {
    await stack.controls.lawpay.post('pay', { url: `${url}&name=Dana%20Whitcomb` });
    return chargeOf();
  };

  test('is told once, when an event tells of it, and so is the refund that the firm makes there', async () => {
    const { key, url } = await stack.link();
    const charge = await paid(url);
    await deliver({ times: 2 });
    await hears(key, 'payment.paid');
    expect((await toldOf(key))[0]?.data).toEqual({
      ...{ reference: key, call_id: key.split('.')[0], transaction_id: charge, state: 'paid' },
      ...{ amount_cents: 15_000, currency: 'USD', account: 'trust' },
    });
    await stack.refundByHand(charge, 2_000);
    await run(watchPaymentsType, [{ task: 'poll' }]);
    await hears(key, 'payment.paid', 'payment.refunded');
    await learnAgain();
    await stack.controls.lawpay.post('settle');
    await learnAgain();
    expect(await noted(key)).toEqual(['payment.paid', 'payment.refunded']);
  });

  test('and its refund are told when the refund alone is heard of', async () => {
    const { key, url } = await stack.link();
    const charge = await paid(url);
    await stack.refundByHand(charge, 15_000);
    const refund = (await stack.refunds()).at(-1)?.id ?? '';
    const event = { id: `evt-${refund}`, type: 'transaction.authorized', data: { id: refund } };
    const headers = { 'content-type': 'application/json' };
    await fetch(hook, { method: 'POST', headers, body: JSON.stringify(event) });
    await hears(key, 'payment.paid', 'payment.refunded');
    await learnAgain();
    expect(await noted(key)).toEqual(['payment.paid', 'payment.refunded']);
  });

  test('that no event and no poll told of is told by the daily comparison', async () => {
    const { key, url } = await stack.link();
    await paid(url);
    await run(watchPaymentsType, [{ task: 'compare' }]);
    await hears(key, 'payment.paid');
    await learnAgain();
    expect(await noted(key)).toEqual(['payment.paid']);
  });

  test('of long ago is not told to an endpoint that came later', async () => {
    const { key, url } = await stack.link();
    await paid(url);
    await run(watchPaymentsType, [{ task: 'poll' }]);
    await hears(key, 'payment.paid');
    // As after the month for which events are kept.
    await withTenant(stack.pool, stack.tenantId, (scope) => scope.query('delete from outgoing_events'));
    await endpoint('/late');
    await stack.controls.lawpay.post('settle');
    await learnAgain();
    expect(await noted(key)).toEqual([]);
    expect(await toldOf(key, 'late')).toEqual([]);
  });

  test('that serves no request of ours is nobody’s business', async () => {
    const url = `${stack.lawpayUrl}/pages/whitfield-law/trust?amount=700&reference=invoice-7`;
    await paid(url);
    await learnAgain();
    expect(await noted('invoice-7')).toEqual([]);
    expect(JSON.stringify(await control.created('event'))).not.toMatch(/Dana|Whitcomb/);
  });
});
