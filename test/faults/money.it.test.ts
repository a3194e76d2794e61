/**
 * Killing the worker while a charge is on its way. LawPay's ledger is the judge: money moves once, and where nobody can
 * tell whether it moved, nothing is sent again.
 */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { z } from 'zod';
import { callScripted } from '../../src/cli/demo/stage.js';
import { divorceCaller } from '../../src/cli/demo/stories.js';
import { eventually } from '../support/eventually.js';
import { startTestStack, type TestStack } from '../support/stack.js';

const trustId = 'trustCardAccount000001';
const charges = { method: 'POST', path: '/v1/charges' };

let hermes: TestStack;
let token: string;
let lawpayUrl: string;
let publicKey: string;
beforeAll(async () => {
  hermes = await startTestStack();
  token = readFileSync(hermes.stack.token?.file ?? '', 'utf8').trim();
  lawpayUrl = hermes.stack.addresses.standins.lawpay ?? '';
  const granted = z
    .object({ accounts: z.array(z.object({ id: z.string(), publicKey: z.string() })) })
    .parse(await hermes.lawpay.post('grant'));
  publicKey = granted.accounts.find(({ id }) => id === trustId)?.publicKey ?? '';
  await ask('PUT', '/payments/setup/accounts', { trust: trustId, pay_on: 'hermes' });
}, 120_000);
afterAll(() => hermes.close(), 30_000);
beforeEach(() => hermes.lawpay.clearFaults());

async function ask(method: string, path: string, body?: object): Promise<unknown> {
  const answer = await fetch(`${hermes.stack.addresses.api}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

/** A caller who owes a fee is sent to our page. @returns where it is. */
async function paymentPage(): Promise<string> {
  const { callId } = await callScripted({ api: hermes.api, spoken: false }, divorceCaller, () => undefined);
  const { writes } = await hermes.finished(callId);
  const link = writes.find(({ operation }) => operation === 'lawpay.paymentRequest.create')?.url;
  return `${hermes.stack.addresses.api}${new URL(link ?? '').pathname}`;
}

/** What the payer's browser does. */
async function pay(page: string): Promise<void> {
  const card = { type: 'card', number: '4242424242424242', exp_month: 12, exp_year: 2099, cvv: '123' };
  const made = await fetch(`${lawpayUrl}/v1/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...card, public_key: publicKey }),
  });
  const { id } = z.object({ id: z.string() }).parse(await made.json());
  await fetch(page, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
    body: JSON.stringify({ token: id }),
  });
}
const stateOf = async (page: string): Promise<string> =>
  z.object({ state: z.string() }).parse(await (await fetch(`${page}/state`)).json()).state;

const charged = async () => (await hermes.lawpay.created('charge')).length;
const chargesAsked = async () =>
  (await hermes.lawpay.ledger()).requests.filter((r) => r.method === 'POST' && r.path === charges.path);

/** Kills the worker once its charge has reached LawPay and is not answered yet. */
async function killMeanwhile(before: number, status: 'open' | 'stalled'): Promise<void> {
  await eventually(async () => (await chargesAsked()).slice(before).some((r) => r.status === status), {
    ...{ withinMs: 20_000, everyMs: 20, what: 'the charge being made' },
  });
  hermes.stack.kill('worker');
}

test('a charge that LawPay makes while the worker dies is found by its reference and made once', async () => {
  const page = await paymentPage();
  const [made, asked] = [await charged(), (await chargesAsked()).length];
  await hermes.lawpay.fault({ match: charges, effect: { kind: 'latency', ms: 2_000 } });
  await pay(page);
  await killMeanwhile(asked, 'open');
  await eventually(async () => (await stateOf(page)) === 'paid', {
    ...{ withinMs: 60_000, everyMs: 200, what: 'the page knows of the payment' },
  });
  expect(await charged()).toBe(made + 1);
  expect(await chargesAsked()).toHaveLength(asked + 1);
}, 240_000);

test('a charge whose answer died with the worker, and that LawPay does not show, waits for a person and is not sent again', async () => {
  const page = await paymentPage();
  const [made, asked] = [await charged(), (await chargesAsked()).length];
  await hermes.lawpay.fault({ match: charges, effect: { kind: 'stall' } });
  await pay(page);
  await killMeanwhile(asked, 'stalled');
  const List = z.object({
    messages: z.array(z.object({ operation: z.string(), error_class: z.string(), priority: z.string() })),
  });
  const parked = await eventually(
    async () => {
      const { messages } = List.parse(await ask('GET', '/dlq/list?system=lawpay'));
      return messages.length > 0 && messages;
    },
    { withinMs: 60_000, everyMs: 200, what: 'the charge is parked' },
  );
  expect(parked).toEqual([
    expect.objectContaining({
      ...{ operation: 'lawpay.charge.create', error_class: 'outcome_unknown', priority: 'CRITICAL' },
    }),
  ]);
  // Another go at the button, and the page, cannot send it either.
  await pay(page);
  expect(['working', 'delayed']).toContain(await stateOf(page));
  expect(await charged()).toBe(made);
  expect(await chargesAsked()).toHaveLength(asked + 1);
}, 240_000);
