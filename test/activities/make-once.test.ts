import { describe, expect, test } from '@jest/globals';
import { makeOnce, type MakeOnce, type WriteAdapter } from '../../src/activities/make-once.js';
import { OutsideError } from '../../src/domain/failures.js';

const refused = new OutsideError('invalid', 'Clio answered 422', undefined, { nothingDone: true });
const silent = new OutsideError('outcome_unknown', 'Clio gave no answer');
/** The record is there, and carries our reference. */
const partMissing = new OutsideError('conflict', 'Clio dropped the matter of entry 7');

/** Whether an attempt whose creation fails so ends without a doubt. */
async function endsWithoutDoubt(
  error: OutsideError,
  how: { isOneRequest?: true; inDoubt?: boolean },
): Promise<boolean> {
  let without = false;
  const adapter: WriteAdapter = {
    ...(how.isOneRequest && { isOneRequest: true }),
    find: () => Promise.resolve(undefined),
    create: () => Promise.reject(error),
    carriesReference: () => Promise.resolve(false),
  };
  const task: MakeOnce = {
    ...{
      key: 'call_1.contact',
      prior: undefined,
      inDoubt: how.inDoubt ?? false,
      rule: 'look_up',
      settleMs: 0,
    },
    adapter: () => Promise.resolve(adapter),
    noteNothingDone: () => {
      without = true;
    },
    noteUnreferenced: () => Promise.resolve(),
    signal: new AbortController().signal,
  };
  await expect(makeOnce(task)).rejects.toBe(error);
  return without;
}

describe('an attempt whose creation failed', () => {
  test('leaves no doubt when it was one request that the vendor refused', async () => {
    expect(await endsWithoutDoubt(refused, { isOneRequest: true })).toBe(true);
  });

  test.each([
    ['the vendor was silent', silent, { isOneRequest: true }],
    ['the record was made with a part missing', partMissing, { isOneRequest: true }],
    ['one of several requests was refused', refused, {}],
    ['it was in doubt before', refused, { isOneRequest: true, inDoubt: true }],
  ] as const)('leaves a doubt when %s', async (_, error, how) => {
    expect(await endsWithoutDoubt(error, how)).toBe(false);
  });
});
