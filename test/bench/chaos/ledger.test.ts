import { describe, expect, test } from '@jest/globals';
import { fateNames, fates, faultsOf, faultsOfReads, type Fate } from '../../../bench/chaos/fates.js';
import { allIntents, planIntents } from '../../../bench/chaos/intents.js';
import { compare, feltLimits, mostInAMinute } from '../../../bench/chaos/ledger.js';
import { judgeParked } from '../../../bench/chaos/parked.js';
import { FaultEffect } from '../../../standins/kit/faults.js';

const intent = (step: 'contact' | 'note', shows: string[] = []) => {
  const callId = `call_${'a'.repeat(20)}`;
  const key = `${callId}.${step}`;
  const operation = `clio.${step}.create` as const;
  return {
    callId,
    step,
    key,
    operation,
    system: 'clio',
    workflowId: `op:x:clio:${key}`,
    fate: null,
    shows,
  } as const;
};
const contact = intent('contact', ['Ada']);
const record = (text: string, id = '1', kind = 'contact') => ({
  kind,
  id,
  action: 'created' as const,
  data: { text },
});
const none = { lost: [], duplicated: [], wrong: [], unwanted: [] };

describe('the ledger against the intent', () => {
  test('one record with the right words under each key is all that is wanted', () => {
    expect(compare([contact], [record(`Ada ${contact.key}`)])).toEqual(none);
  });

  test('a record that is missing, there twice, or not as wanted is told by its key', () => {
    const key = contact.key;
    expect(compare([contact], [])).toEqual({ ...none, lost: [key] });
    expect(compare([contact], [record(`Ada ${key}`), record(`Ada ${key}`, '2')])).toEqual({
      ...none,
      duplicated: [key],
    });
    expect(compare([contact], [record(`Bob ${key}`)])).toEqual({ ...none, wrong: [key] });
  });

  test('a record that nobody wanted is told by its id, and one that only mentions another key is not that one', () => {
    const note = intent('note');
    const records = [
      record(`Ada ${contact.key}`),
      record('no key', '7'),
      record(`${contact.key} [${note.key}]`, '9', 'note'),
    ];
    expect(compare([contact, note], records)).toEqual({ ...none, unwanted: ['contact 7'] });
  });
});

test('the most requests in any minute are found wherever the minute begins, and token requests do not count', () => {
  const at = (...times: number[]) => times.map((atMs) => ({ atMs, path: '/api/v4/contacts' }));
  expect(mostInAMinute(at(0, 59_999, 60_000, 119_000))).toBe(3);
  expect(mostInAMinute(at(0, 60_000))).toBe(1);
  expect(mostInAMinute([...at(0), { atMs: 1, path: '/oauth/token' }])).toBe(1);
  const asked = [{ status: 429, faultId: 'fault-1' }, { status: 429 }, { status: 200 }];
  expect(feltLimits(asked)).toBe(1);
});

test('a parked write is justified by what it met, and by nothing else', () => {
  const refused = { ...contact, fate: 'refused as invalid' as const };
  const seen = (cause: 'invalid' | 'auth') => new Map([[contact.workflowId, cause]]);
  expect(judgeParked([refused], seen('invalid'), {}).unjustified).toEqual([]);
  expect(judgeParked([refused], seen('auth'), {}).unjustified).toHaveLength(1);
  expect(judgeParked([contact], seen('invalid'), {}).unjustified).toHaveLength(1);
  const lost = { ...contact, fate: 'done, answer lost' as const };
  const outlasted = new Map([[contact.workflowId, 'unavailable' as const]]);
  expect(judgeParked([lost], outlasted, {}).unjustified).toEqual([]);
  expect(judgeParked([contact], outlasted, {}).unjustified).toHaveLength(1);
  const link = { ...contact, system: 'lawpay' as const };
  expect(judgeParked([link], seen('invalid'), { 'LawPay refuses': 1 }).unjustified).toEqual([]);
  expect(judgeParked([link], seen('invalid'), { 'LawPay refuses': 0 }).unjustified).toHaveLength(1);
});

describe('what a run wants', () => {
  test('is of every kind that an intake leaves for certain or by a firm’s wish, alone and with each call its log entry', () => {
    const plan = planIntents(5, 500);
    const steps = new Set(plan.direct.map(({ step }) => step));
    expect([...steps].sort()).toEqual(
      ['appointment', 'communication', 'contact', 'matter', 'note', 'payment', 'task'].sort(),
    );
    for (const { intents } of plan.calls)
      expect(intents.map(({ step }) => step)).toEqual(['contact', 'matter', 'note', 'communication']);
    // Each can be asked for once the contacts and the matter are known that it hangs on.
    const requests = plan.direct.map((one) => one.request([1, 2, 3, 4, 5, 6]));
    expect(requests.filter(({ operation }) => operation === 'clio.task.create')).not.toEqual([]);
  });

  test('is the same for the same seed, each write once, and as many as were asked for', () => {
    const keys = (seed: number) => allIntents(planIntents(seed, 500)).map(({ key, fate }) => [key, fate]);
    expect(keys(3)).toEqual(keys(3));
    expect(keys(3)).not.toEqual(keys(4));
    expect(new Set(keys(3).map(([key]) => key)).size).toBe(500);
  });

  test('meets every fate also in the shortest run, and every kind of fault that stand-ins know is in one', () => {
    const intents = allIntents(planIntents(1, 60));
    expect(new Set(intents.flatMap(({ fate }) => fate ?? []))).toEqual(new Set(fateNames));
    const used = Object.values(fates).flatMap((fate: Fate) => fate.faults.map(({ effect }) => effect.kind));
    expect(new Set(used)).toEqual(new Set(FaultEffect.options.map(({ shape }) => shape.kind.value)));
    expect(faultsOf('clio', 'call_x.note', 'slow')[0]?.order.match).toEqual({
      method: 'POST',
      holds: 'call_x.note',
    });
    const reads = faultsOfReads(10);
    expect(reads.length).toBeGreaterThanOrEqual(9);
    expect(reads.every(({ order }) => (order.skip ?? 0) < 10)).toBe(true);
  });
});
