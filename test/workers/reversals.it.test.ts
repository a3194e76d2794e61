import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { startMoneyStack, type MoneyStack } from './money-stack.js';

let stack: MoneyStack;
beforeAll(async () => {
  stack = await startMoneyStack({ lawpaySettleMs: 50 });
});
afterEach(async () => {
  await stack.controls.lawpay.clearFaults();
  await stack.controls.lawpay.configure({ voidWindowMs: null });
});
afterAll(() => stack.close());

/** A charge of 150 dollars. @returns LawPay's id. */
async function charged(): Promise<string> {
  const begun = await stack.charge(await stack.token());
  const outcome = await stack.outcome(begun);
  return outcome.status === 'done' ? outcome.receipt.externalId : 'discarded';
}
const chargeNow = async (id: string) => {
  const { records } = await stack.controls.lawpay.ledger('charge');
  return records.findLast((record) => record.id === id)?.data;
};
const refundsOf = async (id: string) => (await stack.refunds()).filter((one) => one['charge_id'] === id);
const settled = () => stack.controls.lawpay.post('settle');
const toRefund = { method: 'POST', path: '^/v1/charges/[^/]+/refund$' };
const toVoid = { method: 'POST', path: '^/v1/transactions/[^/]+/void$' };

describe('a charge that is given back', () => {
  test('is voided while it is not settled, and the void is found again when its answer is lost', async () => {
    const id = await charged();
    await stack.controls.lawpay.fault({ match: toVoid, effect: { kind: 'commit_then_cut' } });
    const begun = await stack.reverse(id);
    expect(await stack.outcome(begun)).toMatchObject({ status: 'done' });
    expect(await chargeNow(id)).toMatchObject({ status: 'VOIDED', void_reference: begun.key });
    expect(await refundsOf(id)).toEqual([]);
    expect(await stack.movement(begun)).toMatchObject({ how: 'void', state: 'answered', sends: 1 });
  });

  test('is refunded once it is settled', async () => {
    const id = await charged();
    await settled();
    const begun = await stack.reverse(id);
    expect(await stack.outcome(begun)).toMatchObject({ status: 'done' });
    expect(await refundsOf(id)).toMatchObject([
      { amount: 15_000, reference: begun.key, status: 'COMPLETED' },
    ]);
    expect(await stack.movement(begun)).toMatchObject({ how: 'refund' });
  });

  test('is refunded when the window to void closes between our look and our request', async () => {
    const id = await charged();
    const closed = { messages: [{ code: 'not_valid_for_transaction_status', level: 'error' }] };
    await stack.controls.lawpay.fault({
      match: toVoid,
      effect: { kind: 'status', status: 422, body: closed },
    });
    // Settled by the time of the second look.
    await stack.controls.lawpay.fault({
      match: { method: 'GET', path: `/v1/transactions/${id}` },
      effect: { kind: 'latency', ms: 300 },
      times: 1,
    });
    const begun = await stack.reverse(id);
    await settled();
    expect(await stack.outcome(begun)).toMatchObject({ status: 'done' });
    expect(await refundsOf(id)).toHaveLength(1);
  });

  test('is refunded while it is not settled when the network lets nobody void it any more', async () => {
    const id = await charged();
    await stack.controls.lawpay.configure({ voidWindowMs: 1_800_000 });
    await stack.controls.lawpay.advanceClock(1_800_001);
    const begun = await stack.reverse(id);
    expect(await stack.outcome(begun)).toMatchObject({ status: 'done' });
    expect(await refundsOf(id)).toMatchObject([
      { amount: 15_000, reference: begun.key, status: 'AUTHORIZED' },
    ]);
    expect(await chargeNow(id)).toMatchObject({ status: 'AUTHORIZED', amount_refunded: 15_000 });
    expect(await stack.movement(begun)).toMatchObject({ how: 'refund', state: 'answered', sends: 2 });
  });

  test('in parts is never given back beyond what was charged, even by refunds at the same moment', async () => {
    const id = await charged();
    await settled();
    const begun = await Promise.all([1, 2, 3, 4].map(() => stack.reverse(id, 5_000)));
    const ends = await Promise.all(begun.map((one) => stack.end(one)));
    expect(ends.sort()).toEqual(['done', 'done', 'done', 'parked']);
    const sum = (await refundsOf(id)).reduce((total, { amount }) => total + amount, 0);
    expect(sum).toBe(15_000);
  });

  test('counts what is on its way: with a refund of unknown outcome nothing more goes out', async () => {
    const id = await charged();
    await settled();
    await stack.controls.lawpay.fault({ match: toRefund, effect: { kind: 'cut' } });
    const first = await stack.reverse(id, 10_000);
    expect((await stack.parked(first)).lastError).toMatchObject({ errorClass: 'outcome_unknown' });
    const second = await stack.reverse(id, 10_000);
    expect((await stack.parked(second)).lastError?.message).toContain('on its way');
    expect(await refundsOf(id)).toEqual([]);

    await stack.decide(first, { action: 'discard', actor: 'pat', reason: 'a test' });
    await stack.decide(second, { action: 'discard', actor: 'pat', reason: 'a test' });
  });

  test('whose answer is lost is one refund, also after a reset in Temporal', async () => {
    const id = await charged();
    await settled();
    await stack.controls.lawpay.fault({ match: toRefund, effect: { kind: 'commit_then_cut' } });
    const begun = await stack.reverse(id, 4_000);
    expect(await stack.outcome(begun)).toMatchObject({ status: 'done' });
    const again = await stack.reset(begun);
    expect(await stack.outcome(again)).toMatchObject({ status: 'done', receipt: { landedBy: 'found' } });
    expect(await refundsOf(id)).toMatchObject([{ amount: 4_000 }]);
  });
});
