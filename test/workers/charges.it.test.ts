import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { listAlerts } from '../../src/db/alerts.js';
import { withTenant } from '../../src/db/tenant.js';
import type { FaultOrder } from '../../standins/kit/faults.js';
import { deposit, startMoneyStack, trustId, type MoneyStack } from './money-stack.js';

let stack: MoneyStack;
beforeAll(async () => {
  stack = await startMoneyStack({ lawpaySettleMs: 50 });
});
afterEach(() => stack.controls.lawpay.clearFaults());
afterAll(() => stack.close());

const charges = { method: 'POST', path: '/v1/charges' };
const openAlerts = async (): Promise<string[]> => {
  const { pool, tenantId } = stack;
  const alerts = await withTenant(pool, tenantId, (scope) => listAlerts(scope, tenantId, 100));
  return alerts.filter(({ resolvedAt }) => !resolvedAt).map(({ kind, subject }) => `${kind} ${subject}`);
};

describe('a charge', () => {
  test('goes into the account that was named and is made once', async () => {
    const begun = await stack.charge(await stack.token());
    expect(await stack.outcome(begun)).toMatchObject({ status: 'done', receipt: { landedBy: 'created' } });
    const made = await stack.charged(begun);
    expect(made).toMatchObject([{ status: 'AUTHORIZED', amount: 15_000, account_id: trustId }]);
    expect(await stack.movement(begun)).toMatchObject({
      ...{ state: 'answered', sends: 1, transactionId: made[0]?.id, status: 'AUTHORIZED' },
    });
  });

  const spoiled: FaultOrder['effect'][] = [
    { kind: 'commit_then_cut' },
    { kind: 'commit_then_status', status: 502 },
    { kind: 'half_body' },
    { kind: 'garbled' },
  ];
  test.each(spoiled)(
    'whose answer is lost is found by its reference and not sent again: %j',
    async (effect) => {
      await stack.controls.lawpay.fault({ match: charges, effect });
      const begun = await stack.charge(await stack.token());
      expect(await stack.outcome(begun)).toMatchObject({ status: 'done' });
      expect(await stack.charged(begun)).toHaveLength(1);
      expect(await stack.movement(begun)).toMatchObject({ state: 'answered', sends: 1 });
    },
  );

  test('whose answer is an error of the server is taken by its word, the stored transaction', async () => {
    const begun = await stack.charge(await stack.token('4000000000000143'));
    expect(await stack.outcome(begun)).toMatchObject({ status: 'done' });
    expect(await stack.movement(begun)).toMatchObject({
      status: 'FAILED',
      failureCode: 'card_processing_error',
    });
    expect(await stack.charged(begun)).toHaveLength(1);
  });

  test('that is declined is over: another card is another charge', async () => {
    const begun = await stack.charge(await stack.token('4000000000000002'));
    expect(await stack.outcome(begun)).toMatchObject({ status: 'done' });
    expect(await stack.movement(begun)).toMatchObject({ status: 'FAILED', failureCode: 'card_declined' });
  });

  test('with a token that is used up or too old is over too, and nothing is charged', async () => {
    const token = await stack.token();
    await stack.outcome(await stack.charge(token));
    const second = await stack.charge(token);
    expect(await stack.outcome(second)).toMatchObject({ status: 'done' });
    expect(await stack.movement(second)).toMatchObject({ status: 'FAILED', failureCode: 'token_expired' });
    expect(await stack.charged(second)).toEqual([]);
  });

  test('into an account that LawPay calls by another kind is refused before anything is sent', async () => {
    const wrong = { ...deposit(), account: { kind: 'trust', id: 'operatingCardAccount01' } };
    const begun = await stack.charge(await stack.token(), { deposit: wrong as ReturnType<typeof deposit> });
    const { lastError } = await stack.parked(begun);
    expect(lastError).toMatchObject({ errorClass: 'invalid' });
    expect(lastError?.message).toContain(
      'does not say that account operatingCardAccount01 is of the kind trust',
    );
    expect(await stack.movement(begun)).toBeUndefined();
    await stack.decide(begun, { action: 'discard', actor: 'pat', reason: 'a test' });
  });
});

describe('a charge of unknown outcome', () => {
  test('that no look-up finds parks as critical, stays unsent when it is retried, and goes on proof alone', async () => {
    await stack.controls.lawpay.fault({ match: charges, effect: { kind: 'cut' } });
    const begun = await stack.charge(await stack.token());
    const { lastError } = await stack.parked(begun);
    expect(lastError).toMatchObject({ errorClass: 'outcome_unknown' });
    expect(await openAlerts()).toContain(`payment.unproven ${begun.key}`);

    await stack.decide(begun, { action: 'retry', actor: 'pat', reason: 'perhaps it shows now' });
    expect((await stack.parked(begun, 1)).lastError?.message).toContain('provenUndone');
    expect(await stack.charged(begun)).toEqual([]);

    const payload = { deposit: deposit(), token: await stack.token(), provenUndone: 2 };
    await stack.decide(begun, { action: 'edit', actor: 'pat', reason: 'not that request', payload });
    await stack.parked(begun, 2);
    expect(await stack.charged(begun)).toEqual([]);

    await stack.decide(begun, {
      ...{ action: 'edit', actor: 'pat', reason: 'I looked in LawPay: nothing was charged' },
      payload: { ...payload, provenUndone: 1 },
    });
    expect(await stack.outcome(begun)).toMatchObject({ status: 'done' });
    expect(await stack.charged(begun)).toHaveLength(1);
    expect(await stack.movement(begun)).toMatchObject({ state: 'answered', sends: 2 });
    expect(await openAlerts()).not.toContain(`payment.unproven ${begun.key}`);
  });

  test('that LawPay makes after we stopped looking is found by the next look, and is one charge', async () => {
    await stack.controls.lawpay.fault({ match: charges, effect: { kind: 'cut' } });
    const begun = await stack.charge(await stack.token());
    await stack.parked(begun);
    await stack.arriveLate(begun);
    await stack.decide(begun, { action: 'retry', actor: 'pat', reason: 'it shows now' });
    expect(await stack.outcome(begun)).toMatchObject({ status: 'done', receipt: { landedBy: 'found' } });
    expect(await stack.charged(begun)).toHaveLength(1);
    expect(await stack.movement(begun)).toMatchObject({ state: 'answered', sends: 1 });
  });

  test('with more than one transaction under its reference is for a person, and nothing is undone by itself', async () => {
    await stack.controls.lawpay.fault({ match: charges, effect: { kind: 'cut' } });
    const begun = await stack.charge(await stack.token());
    await stack.parked(begun);
    for (const url of [1, 2].map(
      () => `${stack.lawpayUrl}/pages/whitfield-law/trust?amount=15000&reference=${begun.key}`,
    ))
      await stack.controls.lawpay.post('pay', { url });
    await stack.decide(begun, { action: 'retry', actor: 'pat', reason: 'it shows now' });
    expect((await stack.parked(begun, 1)).lastError).toMatchObject({ errorClass: 'conflict' });
    expect(await stack.refunds()).toEqual([]);
    await stack.decide(begun, { action: 'discard', actor: 'pat', reason: 'a test' });
  });

  test.each([429, 500, 503, 409, 408])('answered with %i and no proof is not sent again', async (status) => {
    await stack.controls.lawpay.fault({ match: charges, effect: { kind: 'status', status, body: {} } });
    const begun = await stack.charge(await stack.token());
    expect((await stack.parked(begun)).lastError).toMatchObject({ errorClass: 'outcome_unknown' });
    expect(await stack.movement(begun)).toMatchObject({ state: 'sent', sends: 1 });
    await stack.decide(begun, { action: 'discard', actor: 'pat', reason: 'a test' });
  });
});

describe('after a reset in Temporal', () => {
  test('a charge that was made is known by its row and not sent again', async () => {
    const begun = await stack.charge(await stack.token());
    await stack.outcome(begun);
    const again = await stack.reset(begun);
    expect(await stack.outcome(again)).toMatchObject({ status: 'done', receipt: { landedBy: 'found' } });
    expect(await stack.charged(begun)).toHaveLength(1);
  });

  test('a charge of unknown outcome is looked for and not sent again', async () => {
    await stack.controls.lawpay.fault({ match: charges, effect: { kind: 'cut' } });
    const begun = await stack.charge(await stack.token());
    await stack.parked(begun);
    const again = await stack.reset(begun);
    expect((await stack.parked(again)).lastError).toMatchObject({ errorClass: 'outcome_unknown' });
    expect(await stack.charged(begun)).toEqual([]);
    expect(await stack.movement(begun)).toMatchObject({ state: 'sent', sends: 1 });
    await stack.decide(again, { action: 'discard', actor: 'pat', reason: 'a test' });
  });

  test('a charge whose row of the write was lost with it is still held back by the ledger', async () => {
    await stack.controls.lawpay.fault({ match: charges, effect: { kind: 'cut' } });
    const begun = await stack.charge(await stack.token());
    await stack.parked(begun);
    const { pool, tenantId } = stack;
    await withTenant(pool, tenantId, (scope) =>
      scope.query(`update writes set attempts = 0 where workflow_id = $1`, [begun.handle.workflowId]),
    );
    const again = await stack.reset(begun);
    expect((await stack.parked(again)).lastError).toMatchObject({ errorClass: 'outcome_unknown' });
    expect(await stack.movement(begun)).toMatchObject({ state: 'sent', sends: 1 });
    await stack.decide(again, { action: 'discard', actor: 'pat', reason: 'a test' });
  });
});
