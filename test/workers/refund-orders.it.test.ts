/** Refunds as a person orders them: who may, of what, and with whom. Over the API, Temporal and LawPay's stand-in. */
import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createDecisionDesk } from '../../src/api/dead-letters/desk.js';
import { createUpdateIds } from '../../src/api/dead-letters/update-ids.js';
import type { App } from '../../src/api/app-types.js';
import { createRefundDesk } from '../../src/api/pay/refund-desk.js';
import type { Role } from '../../src/api/permissions.js';
import { auditOf } from '../../src/db/audit.js';
import { mergeSettings } from '../../src/db/connections.js';
import { withTenant } from '../../src/db/tenant.js';
import { saveFirm } from '../../src/db/tenants.js';
import { bearer, testApp } from '../api/support/app.js';
import { eventually } from '../support/eventually.js';
import { silentLogger } from '../support/log.js';
import { firm, quickLadder } from './intake-stack.js';
import { startMoneyStack, trustId, type MoneyStack } from './money-stack.js';

let stack: MoneyStack;
let app: App;
beforeAll(async () => {
  stack = await startMoneyStack({ lawpaySettleMs: 50 });
  const { pool, client: temporal, tenantId } = stack;
  await withTenant(pool, tenantId, (scope) =>
    mergeSettings(scope, tenantId, 'lawpay', { accounts: { trust: trustId } }),
  );
  app = await testApp({
    ...{ pool, refunds: createRefundDesk({ pool, temporal, ladder: quickLadder }) },
    desk: createDecisionDesk({ temporal, logger: silentLogger, updateIds: createUpdateIds(randomBytes(32)) }),
  });
}, 120_000);
afterEach(() => stack.controls.lawpay.clearFaults());
afterAll(async () => {
  await app.close();
  await stack.close();
});

let charge: string;
let orders = 0;
let orderId: string;
beforeEach(async () => {
  const outcome = await stack.outcome(await stack.charge(await stack.token()));
  charge = outcome.status === 'done' ? outcome.receipt.externalId : '';
  await stack.controls.lawpay.post('settle');
  orderId = `order-${(orders += 1)}-of-test`;
});

async function ask(path: string, payload: object, { role = 'ATTORNEY', subject = 'pat' } = {}) {
  const headers = await bearer({ tenantId: stack.tenantId, roles: [role as Role], subject });
  const answer = await app.inject({ method: 'POST', url: `/api/v1${path}`, headers, payload });
  return { status: answer.statusCode, body: answer.json<Record<string, unknown>>() };
}
const order = (more: object = {}, who: { role?: string; subject?: string } = {}) =>
  ask(
    '/payments/refunds',
    { ...{ transaction_id: charge, amount_cents: 15_000, order_id: orderId, reason: 'conflict' }, ...more },
    who,
  );
/** Refunds of the charge as LawPay has them now. */
const refunds = async () => {
  const { records } = await stack.controls.lawpay.ledger('refund');
  return [...new Map(records.map(({ id, data }) => [id, data])).values()].filter(
    (one) => one['charge_id'] === charge,
  );
};
const stateOf = async (writeId: unknown) => {
  const { rows } = await withTenant(stack.pool, stack.tenantId, (scope) =>
    scope.query<{ state: string; error: string; proposedBy: string | null; attempts: number }>(
      `select state, error_message as error, proposed_by as "proposedBy", attempts from writes where workflow_id = $1`,
      [writeId],
    ),
  );
  return rows[0];
};
const comesTo = (writeId: unknown, state: string) =>
  eventually(async () => (await stateOf(writeId))?.state === state && stateOf(writeId), {
    withinMs: 20_000,
    what: `${String(writeId)} is ${state}`,
  });

describe('a refund that is ordered', () => {
  test('gives back once, however often the order is sent, and is in the audit log with who and why', async () => {
    const sent = await Promise.all([order(), order(), order()]);
    for (const answer of sent)
      expect(answer).toMatchObject({ status: 202, body: { awaits_approval: false } });
    const ids = new Set(sent.map(({ body }) => body['write_id']));
    expect(ids.size).toBe(1);
    const [id] = ids;
    await comesTo(id, 'done');
    expect(await order()).toMatchObject({ status: 202, body: { write_id: id } });
    expect(await refunds()).toMatchObject([{ amount: 15_000, status: 'COMPLETED' }]);
    const { pool, tenantId } = stack;
    const audit = await withTenant(pool, tenantId, (scope) => auditOf(scope, tenantId, String(id), 10));
    expect(audit).toMatchObject([
      { action: 'payments.refund', actor: 'pat', reason: 'conflict', details: { amountCents: 15_000 } },
    ]);
  });

  test('under the id of another order is refused: its amount would be taken for given back', async () => {
    const { body } = await order({ amount_cents: 5_000 });
    expect(await order({ amount_cents: 6_000 })).toMatchObject({
      ...{ status: 409, body: { detail: expect.stringContaining('another amount') } },
    });
    await comesTo(body['write_id'], 'done');
    expect(await refunds()).toMatchObject([{ amount: 5_000 }]);
  });

  test.each(['STAFF', 'READ_ONLY'])('by %s is refused', async (role) => {
    expect((await order({}, { role })).status).toBe(403);
    expect(await refunds()).toEqual([]);
  });

  test('by nobody, or by somebody of another firm, moves nothing', async () => {
    const payload = { transaction_id: charge, amount_cents: 15_000, order_id: orderId, reason: 'mine' };
    const url = '/api/v1/payments/refunds';
    expect((await app.inject({ method: 'POST', url, payload })).statusCode).toBe(401);
    const headers = await bearer({ tenantId: 'other-firm', roles: ['ADMIN'] });
    const theirs = await app.inject({ method: 'POST', url, headers, payload });
    expect(theirs.statusCode).toBe(409);
    expect(await refunds()).toEqual([]);
  });

  test.each([
    ['nothing', 0],
    ['less than nothing', -15_000],
    ['half a cent', 0.5],
    ['text', '15000'],
    ['no amount', null],
    ['more than a number can hold', 1e21],
  ])('over %s is refused', async (_what, cents) => {
    const { status, body } = await order({ amount_cents: cents });
    expect(status).toBe(400);
    expect(JSON.stringify(body['errors'])).toContain('amount_cents');
  });

  test('without a reason, or under too short an id, is refused', async () => {
    expect((await order({ reason: '  ' })).status).toBe(400);
    expect((await order({ order_id: 'x' })).status).toBe(400);
    expect(await refunds()).toEqual([]);
  });

  test('over more than was charged parks, and gives back nothing', async () => {
    const { body } = await order({ amount_cents: 15_001 });
    const { error } = await comesTo(body['write_id'], 'parked');
    expect(error).toContain('more than is left of the charge');
    expect(await refunds()).toEqual([]);
  });

  test('of a charge that nobody knows is refused', async () => {
    expect(await order({ transaction_id: 'no-such-charge' })).toMatchObject({
      ...{ status: 409, body: { detail: expect.stringContaining('No charge of this id') } },
    });
  });
});

describe('in a firm that wants two people for money', () => {
  const rules = { secondPersonForMoney: true, criticalAlert: 10 };
  beforeAll(() => saveFirm(stack.pool, { ...firm, deadLetters: rules }));
  afterAll(() => saveFirm(stack.pool, firm));
  const decide = (writeId: unknown, what: string, subject: string, expected_revision = 0) =>
    ask(
      `/dlq/${encodeURIComponent(String(writeId))}/${what}`,
      { reason: 'I looked', expected_revision },
      { subject },
    );

  test('a refund waits for another one than who ordered it, and moves then and not before', async () => {
    const { status, body } = await order();
    expect([status, body['awaits_approval']]).toEqual([202, true]);
    const id = body['write_id'];
    expect(await comesTo(id, 'parked')).toMatchObject({ proposedBy: 'pat', attempts: 0 });
    expect(await decide(id, 'approve', 'pat')).toMatchObject({
      ...{ status: 409, body: { detail: expect.stringContaining('cannot approve') } },
    });
    expect(await refunds()).toEqual([]);
    expect((await decide(id, 'approve', 'kim')).status).toBe(200);
    await comesTo(id, 'done');
    expect(await refunds()).toMatchObject([{ amount: 15_000 }]);
    const { pool, tenantId } = stack;
    const audit = await withTenant(pool, tenantId, (scope) => auditOf(scope, tenantId, String(id), 10));
    expect(audit.map(({ action, actor }) => [action, actor])).toEqual([
      ['payments.refund', 'pat'],
      ['write.approve', 'kim'],
    ]);
  });

  test('a refund that the other one does not want gives back nothing', async () => {
    const { body } = await order();
    const id = body['write_id'];
    await comesTo(id, 'parked');
    expect((await decide(id, 'withdraw', 'kim')).status).toBe(200);
    expect((await decide(id, 'discard', 'kim', 1)).body).toMatchObject({ result: 'proposed' });
    expect((await decide(id, 'approve', 'pat', 2)).status).toBe(200);
    await comesTo(id, 'discarded');
    expect(await refunds()).toEqual([]);
  });
});

describe('a refund that LawPay took on and that failed', () => {
  const toRefund = { method: 'POST', path: '^/v1/charges/[^/]+/refund$' };

  test('before its answer was known is told to a person, is not sent again, and leaves room for another', async () => {
    await stack.controls.lawpay.fault({ match: toRefund, effect: { kind: 'cut' } });
    const begun = await stack.reverse(charge);
    await stack.parked(begun);
    await stack.refundLate(charge, begun);
    const [made] = await refunds();
    await stack.controls.lawpay.post('fail', { id: made?.['id'] });
    for (const revision of [1, 2]) {
      await stack.decide(begun, { action: 'retry', actor: 'pat', reason: 'perhaps now' });
      const { lastError } = await stack.parked(begun, revision);
      expect(lastError).toMatchObject({ errorClass: 'conflict' });
      expect(lastError?.message).toContain(
        'failed at LawPay (settlement_failed): discard this and order another',
      );
    }
    expect(await refunds()).toMatchObject([{ status: 'FAILED' }]);
    await stack.decide(begun, { action: 'discard', actor: 'pat', reason: 'another one' });
    await comesTo((await order()).body['write_id'], 'done');
    expect((await refunds()).map(({ status }) => status)).toEqual(['FAILED', 'COMPLETED']);
  });

  test('long after it was done raises an alert, counts as not given back, and is over with the next refund', async () => {
    const begun = await stack.reverse(charge);
    expect(await stack.outcome(begun)).toMatchObject({ status: 'done' });
    const [made] = await refunds();
    await stack.controls.lawpay.post('fail', { id: made?.['id'] });
    expect(await alertsOf(charge)).toEqual([]);
    await stack.watch('poll');
    await stack.watch('poll');
    await stack.watch('compare');
    expect(await alertsOf(charge)).toEqual(['critical open']);
    // The one that failed is not sent again by anybody.
    expect(await refunds()).toMatchObject([{ status: 'FAILED' }]);
    await comesTo((await order()).body['write_id'], 'done');
    expect(await alertsOf(charge)).toEqual(['critical over']);
    const second = await order({ order_id: `${orderId}-more`, amount_cents: 1 });
    expect((await comesTo(second.body['write_id'], 'parked')).error).toContain('more than is left');
    expect((await refunds()).map(({ status }) => status)).toEqual(['FAILED', 'COMPLETED']);
  });
  const alertsOf = async (subject: string) => {
    const { rows } = await withTenant(stack.pool, stack.tenantId, (scope) =>
      scope.query<{ shown: string }>(
        `select severity || case when resolved_at is null then ' open' else ' over' end as shown
           from alerts where kind = 'payment.refund_failed' and subject = $1`,
        [subject],
      ),
    );
    return rows.map(({ shown }) => shown);
  };
});
