import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { App } from '../../src/api/app-types.js';
import { createEventsLine } from '../../src/api/pay/events-line.js';
import { listAlerts } from '../../src/db/alerts.js';
import { mergeSettings } from '../../src/db/connections.js';
import { withTenant } from '../../src/db/tenant.js';
import { taskQueues } from '../../src/workflows/messages.js';
import { watchPaymentsType } from '../../src/workflows/payment-messages.js';
import { bearer, testApp } from '../api/support/app.js';
import { eventually } from '../support/eventually.js';
import { silentLogger } from '../support/log.js';
import { startMoneyStack, type MoneyStack } from './money-stack.js';

let stack: MoneyStack;
let app: App;
const secret = randomBytes(24).toString('base64url');
let hook: string;
beforeAll(async () => {
  stack = await startMoneyStack({ lawpaySettleMs: 20 });
  const { pool, tenantId, client } = stack;
  const eventsSecretSha256 = createHash('sha256').update(secret).digest('hex');
  await withTenant(pool, tenantId, (scope) =>
    mergeSettings(scope, tenantId, 'lawpay', { eventsSecretSha256 }),
  );
  app = await testApp({ pool, eventsCame: createEventsLine({ temporal: client, logger: silentLogger }) });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const address = app.server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  hook = `http://127.0.0.1:${port}/api/v1/webhooks/lawpay/${tenantId}/${secret}`;
});
afterAll(async () => {
  await app.close();
  await stack.close();
});

const charges = { method: 'POST', path: '/v1/charges' };
/** Runs what the schedule runs. */
const watch = (task: 'poll' | 'compare') =>
  stack.client.workflow.execute(watchPaymentsType, {
    ...{
      workflowId: `watch-${randomBytes(4).toString('hex')}`,
      taskQueue: taskQueues.core,
      args: [{ task }],
    },
  });
const rows = async <T extends object>(sql: string, ...values: unknown[]): Promise<T[]> =>
  (await withTenant(stack.pool, stack.tenantId, (scope) => scope.query<T>(sql, values))).rows;
const post = async (event: object, to = hook): Promise<number> =>
  (
    await fetch(to, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(event),
    })
  ).status;
const handled = (eventId: string) =>
  eventually(
    async () =>
      (await rows('select 1 from lawpay_events where event_id = $1 and handled_at is not null', eventId))[0],
    { withinMs: 30_000, what: `event ${eventId} is looked into` },
  );
const openAlerts = async (): Promise<string[]> =>
  (
    await rows<{ kind: string; subject: string }>(
      'select kind, subject from alerts where resolved_at is null',
    )
  ).map(({ kind, subject }) => `${kind} ${subject}`);
/** Old enough to be compared: nothing of it can still be on its way. */
const age = () => rows(`update money_movements set updated_at = updated_at - interval '1 hour'`);
const drifts = async () => {
  await watch('compare');
  return rows<{ kind: string; subject: string; detail: string }>(
    'select kind, subject, detail from payment_drifts where resolved_at is null order by kind, subject',
  );
};

describe('an event', () => {
  test('is noted once however often it is posted, and what it points to is read from LawPay', async () => {
    const begun = await stack.charge(await stack.token());
    await stack.outcome(begun);
    const [made] = await stack.charged(begun);
    const id = `evt-${made?.id ?? ''}`;
    // It lies: LawPay has authorized the charge, and nothing was voided.
    const event = { id, type: 'transaction.voided', data: { id: made?.id, status: 'VOIDED', amount: 1 } };
    expect(await Promise.all([post(event), post(event), post(event)])).toEqual([200, 200, 200]);
    await handled(id);
    expect(await rows('select status, amount_cents::int as cents from lawpay_transactions')).toEqual([
      { status: 'AUTHORIZED', cents: 15_000 },
    ]);
    expect(await stack.movement(begun)).toMatchObject({ status: 'AUTHORIZED' });
    expect(await rows('select 1 from lawpay_events where event_id = $1', id)).toHaveLength(1);
  });

  test('about something that LawPay does not know changes nothing', async () => {
    const before = await rows('select * from lawpay_transactions');
    expect(
      await post({ id: 'evt-forged', type: 'transaction.completed', data: { id: 'no-such-thing' } }),
    ).toBe(200);
    await handled('evt-forged');
    expect(await rows('select * from lawpay_transactions')).toEqual(before);
    expect(await rows(`select outcome from lawpay_events where event_id = 'evt-forged'`)).toEqual([
      { outcome: 'unknown' },
    ]);
  });

  test('without the secret of the address is nobody’s', async () => {
    const event = { id: 'evt-stranger', type: 'transaction.completed', data: { id: 'x' } };
    expect(await post(event, hook.replace(secret, 'a'.repeat(32)))).toBe(404);
    expect(await post(event, hook.replace(stack.tenantId, 'other-firm'))).toBe(404);
    expect(await rows(`select 1 from lawpay_events where event_id = 'evt-stranger'`)).toEqual([]);
  });

  test('that never came is found by the poll, and is the proof that a lost answer wanted', async () => {
    await stack.controls.lawpay.fault({ match: charges, effect: { kind: 'cut' } });
    const begun = await stack.charge(await stack.token());
    await stack.parked(begun);
    expect(await openAlerts()).toContain(`payment.unproven ${begun.key}`);
    await stack.arriveLate(begun);
    await watch('poll');
    expect(await stack.movement(begun)).toMatchObject({ state: 'answered', sends: 1, status: 'AUTHORIZED' });
    expect(await openAlerts()).not.toContain(`payment.unproven ${begun.key}`);
    await stack.decide(begun, { action: 'retry', actor: 'pat', reason: 'LawPay has told' });
    expect(await stack.outcome(begun)).toMatchObject({ status: 'done', receipt: { landedBy: 'found' } });
    expect(await stack.charged(begun)).toHaveLength(1);
  });

  test('in the wrong order, and twice, leaves what LawPay says last', async () => {
    const begun = await stack.charge(await stack.token());
    await stack.outcome(begun);
    await stack.controls.lawpay.post('settle');
    await stack.controls.lawpay.post('deliver', { url: hook, order: 'reversed', times: 2 });
    await watch('poll');
    expect(await stack.movement(begun)).toMatchObject({ status: 'COMPLETED' });
  });
});

describe('the daily comparison', () => {
  const paid = (url: string, more: object = {}) => stack.controls.lawpay.post('pay', { url, ...more });

  test('finds nothing when the ledgers agree, and says when it looked', async () => {
    const { url } = await stack.link();
    await paid(url);
    const begun = await stack.charge(await stack.token());
    await stack.outcome(begun);
    await age();
    expect(await drifts()).toEqual([]);
    const headers = await bearer({ tenantId: stack.tenantId, roles: ['STAFF'] });
    const answer = await app.inject({ url: '/api/v1/payments/reconciliation', headers });
    expect(answer.json()).toMatchObject({ drift: [], compared: { links: 1, drift: 0 } });
  });

  test('tells of a link that was paid twice, into another account, or not in full', async () => {
    const [twice, elsewhere, short] = [await stack.link(), await stack.link(), await stack.link()];
    await paid(twice.url);
    await paid(twice.url);
    await paid(elsewhere.url.replace('/trust?', '/operating?'));
    await paid(short.url, { amountCents: 5_000 });
    const found = await drifts();
    expect(found.map(({ kind, subject }) => [kind, subject]).sort()).toEqual(
      [
        ['account_differs', elsewhere.key],
        ['amount_differs', short.key],
        ['paid_twice', twice.key],
      ].sort(),
    );
    const { pool, tenantId } = stack;
    const alerts = await withTenant(pool, tenantId, (scope) => listAlerts(scope, tenantId, 10));
    expect(alerts.filter(({ kind }) => kind === 'payments.drift')).toHaveLength(1);
    expect(await stack.refunds()).toEqual([]);
  });

  test('tells of what is unproven, of what LawPay does not list, and of refunds that others made', async () => {
    await stack.controls.lawpay.fault({ match: charges, effect: { kind: 'cut' } });
    const unproven = await stack.charge(await stack.token());
    await stack.parked(unproven);
    const [missing, refunded] = [
      await stack.charge(await stack.token()),
      await stack.charge(await stack.token()),
    ];
    await Promise.all([stack.outcome(missing), stack.outcome(refunded)]);
    await rows(`update money_movements set transaction_id = 'gone' where reference = $1`, missing.key);
    const [made] = await stack.charged(refunded);
    await stack.refundByHand(made?.id ?? '', 2_000);
    await age();
    const found = (await drifts()).map(({ kind, subject }) => `${kind} ${subject}`);
    expect(found).toEqual(expect.arrayContaining([`unproven ${unproven.key}`, `missing ${missing.key}`]));
    expect(found.filter((text) => text.startsWith('unknown_refund'))).toHaveLength(1);
    expect(found.filter((text) => text.startsWith('unknown_charge'))).toHaveLength(1);
  });

  test('holds links back when a payment is a hundred times what was asked for, until somebody looks again', async () => {
    const { key, url } = await stack.link();
    await paid(url, { amountCents: 1_500_000 });
    expect((await drifts()).find(({ subject }) => subject === key)).toMatchObject({ kind: 'unit_suspect' });
    const held = await stack.requestLink();
    expect((await stack.parked(held)).lastError?.message).toContain('nobody has verified');
  });
});
