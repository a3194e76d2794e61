import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Worker } from '@temporalio/worker';
import { readAudit } from '../../src/db/audit.js';
import { checkChain } from '../../src/db/audit-chain.js';
import { listItems } from '../../src/db/redrive-items.js';
import { withTenant } from '../../src/db/tenant.js';
import { redriveWorkflowId } from '../../src/domain/ids.js';
import { eventually } from '../support/eventually.js';
import { startRedriveKit, TENANT, type RedriveKit } from './support/redrive-kit.js';

let kit: RedriveKit;
let worker: Worker;
let running: Promise<void>;
const serve = async (tell = kit.tell): Promise<void> => {
  worker = await kit.worker(tell);
  running = worker.run();
};
const stop = async (): Promise<void> => {
  worker.shutdown();
  await running.catch(() => undefined);
};
beforeAll(async () => {
  kit = await startRedriveKit();
  await serve();
}, 90_000);
afterAll(async () => {
  await stop();
  await kit.close();
}, 30_000);
beforeEach(() => {
  kit.told.length = 0;
  kit.answers.clear();
});

const toldOnes = (): string[] => [...new Set(kit.told.map(({ workflowId }) => workflowId))];
const by = { actor: 'kim', reason: 'the vendor asked' };

test('a job tries exactly the writes that were parked when it was made, each with a result', async () => {
  const ids = await kit.park('all', 12);
  kit.answers.set(ids[4]!, 'parks again').set(ids[7]!, 'is gone');
  const { jobId, total } = await kit.start('all', { canary: 3 });
  const late = (await kit.park('later', 1))[0]!;
  await kit.inState(jobId, 'completed');
  expect(total).toBe(12);
  expect(toldOnes().sort()).toEqual(ids);
  expect(toldOnes()).not.toContain(late);
  expect((await kit.job(jobId)).items).toEqual({ landed: 10, parked_again: 1, no_longer_parked: 1 });
  const items = await withTenant(kit.pool, TENANT, (scope) =>
    listItems(scope, TENANT, jobId, { states: ['parked_again'], afterSeq: 0, limit: 10 }),
  );
  expect(items).toMatchObject([{ seq: 5, workflowId: ids[4] }]);
  await expect(kit.start('later', { name: 'job for all' })).rejects.toMatchObject({ code: 'name_taken' });
});

test('canaries that park again pause the job before anything else is tried, and a person lets it go on', async () => {
  const ids = await kit.park('canary', 8);
  kit.answers.set(ids[1]!, 'parks again');
  const { jobId } = await kit.start('canary', { canary: 3 });
  await kit.inState(jobId, 'paused');
  expect(toldOnes()).toHaveLength(3);
  expect(await kit.job(jobId)).toMatchObject({ because: '1 of the first 3 did not land' });
  expect(await kit.order(jobId, { kind: 'resume', ...by })).toMatchObject({ state: 'running' });
  await kit.inState(jobId, 'completed');
  expect((await kit.job(jobId)).items).toEqual({ landed: 7, parked_again: 1 });
});

test('a job whose writes keep parking again stops by itself', async () => {
  const ids = await kit.park('broken', 120);
  for (const id of ids) kit.answers.set(id, 'parks again');
  const { jobId } = await kit.start('broken', { ratePerSecond: 60 });
  await kit.inState(jobId, 'paused');
  const { because, items } = await kit.job(jobId);
  expect(because).toMatch(/^\d+ of the last \d+ parked again$/);
  expect(items.pending).toBeGreaterThan(0);
  await kit.order(jobId, { kind: 'abort', ...by });
  await kit.inState(jobId, 'aborted');
});

test('a budget pauses the job, and a larger one lets it finish', async () => {
  await kit.park('budget', 9);
  const { jobId } = await kit.start('budget', { budget: 4 });
  await kit.inState(jobId, 'paused');
  expect(toldOnes()).toHaveLength(4);
  expect(await kit.job(jobId)).toMatchObject({
    because: 'the budget of 4 is used up',
    items: { pending: 5 },
  });
  await kit.order(jobId, { kind: 'setRate', budget: null, ...by });
  await kit.order(jobId, { kind: 'resume', ...by });
  await kit.inState(jobId, 'completed');
  expect(toldOnes()).toHaveLength(9);
});

describe('a rate', () => {
  test('is never exceeded on average, and no second holds more than twice of it', async () => {
    await kit.park('rate', 100);
    const { jobId } = await kit.start('rate', { ratePerSecond: 20 });
    await kit.inState(jobId, 'completed');
    const times = kit.told.map(({ atMs }) => atMs);
    const perSecond = (1_000 * (times.length - 1)) / (times.at(-1)! - times[0]!);
    expect(perSecond).toBeLessThan(21);
    // Downwards a busy machine may be slower than asked; upwards nothing excuses it.
    expect(perSecond).toBeGreaterThan(5);
    const inSecondFrom = (at: number): number => times.filter((t) => t >= at && t < at + 1_000).length;
    expect(Math.max(...times.map(inSecondFrom))).toBeLessThanOrEqual(40);
  });

  test('can be changed while the job runs', async () => {
    await kit.park('faster', 60);
    const { jobId } = await kit.start('faster', { ratePerSecond: 2 });
    await eventually(() => kit.told.length >= 1, { withinMs: 10_000, what: 'the first is told' });
    expect(await kit.order(jobId, { kind: 'setRate', ratePerSecond: 200, ...by })).toMatchObject({
      ratePerSecond: 200,
    });
    // At two a second it would take half a minute.
    await kit.inState(jobId, 'completed');
    expect(await kit.job(jobId)).toMatchObject({ ratePerSecond: 200, items: { landed: 60 } });
  });

  test('that makes no sense is refused', async () => {
    await kit.park('refused', 3);
    const { jobId } = await kit.start('refused', { ratePerSecond: 1 });
    const order = kit.order(jobId, { kind: 'setRate', ratePerSecond: -1, ...by });
    await expect(order).rejects.toMatchObject({
      code: 'decision_refused',
      detail: expect.stringContaining('ratePerSecond'),
    });
    const nobody = kit.order(jobId, { kind: 'pause', actor: '', reason: 'x' });
    await expect(nobody).rejects.toMatchObject({ detail: expect.stringContaining('actor') });
    await kit.order(jobId, { kind: 'abort', ...by });
  });
});

test('an abort stops the job within two seconds; what was not told yet never will be', async () => {
  await kit.park('abort', 500);
  const { jobId } = await kit.start('abort', { ratePerSecond: 20 });
  await eventually(() => kit.told.length >= 5, { withinMs: 10_000, what: 'a few are told' });
  const orderedAtMs = Date.now();
  await kit.order(jobId, { kind: 'abort', ...by });
  await kit.inState(jobId, 'aborted');
  expect(Math.max(...kit.told.map(({ atMs }) => atMs)) - orderedAtMs).toBeLessThan(2_000);
  const { items } = await kit.job(jobId);
  expect(items.pending ?? 0).toBe(0);
  expect(items.aborted).toBeGreaterThan(400);
  await expect(kit.order(jobId, { kind: 'resume', ...by })).rejects.toMatchObject({
    code: 'decision_refused',
  });
});

test('a pause holds the job, and a resume goes on where it stood', async () => {
  const ids = await kit.park('pause', 30);
  const { jobId } = await kit.start('pause', { ratePerSecond: 20 });
  await eventually(() => kit.told.length >= 3, { withinMs: 10_000, what: 'a few are told' });
  await kit.order(jobId, { kind: 'pause', ...by });
  await kit.inState(jobId, 'paused');
  const held = toldOnes().length;
  expect(held).toBeLessThan(30);
  await kit.order(jobId, { kind: 'resume', ...by });
  await kit.inState(jobId, 'completed');
  expect(toldOnes()).toEqual(ids);
  expect((await kit.job(jobId)).items).toEqual({ landed: 30 });
});

test('a worker that is lost in the middle of a batch leaves nothing out and nothing without a result', async () => {
  const ids = await kit.park('killed', 40);
  await stop();
  // Let go at the end: a worker with work in hand keeps the test process alive.
  let letGo: (() => void) | undefined;
  await serve(async (workflowId, order) => {
    if (workflowId === ids[17]) {
      await new Promise<void>((resolve) => (letGo = resolve));
      return false;
    }
    return kit.tell(workflowId, order);
  });
  const { jobId } = await kit.start('killed', { ratePerSecond: 100 });
  await eventually(() => letGo !== undefined, { withinMs: 10_000, what: 'the worker hangs in mid-batch' });
  await stop();
  await serve();
  await kit.inState(jobId, 'completed');
  expect(toldOnes().sort()).toEqual(ids);
  expect((await kit.job(jobId)).items).toEqual({ landed: 40 });
  letGo?.();
});

test('who made the job and who steered it, with reasons, is in a chain that holds', async () => {
  const rows = await withTenant(kit.pool, TENANT, (scope) =>
    readAudit(scope, TENANT, { afterSeq: 0, limit: 500 }),
  );
  expect(checkChain(rows).broken).toBeUndefined();
  const of = (action: string) => rows.filter((row) => row.action === `redrive.${action}`);
  expect(of('create')[0]).toMatchObject({ actor: 'pat', reason: 'Clio is back', details: { total: 12 } });
  expect(of('abort')[0]).toMatchObject({ actor: 'kim', reason: 'the vendor asked' });
  for (const action of ['pause', 'resume', 'setRate', 'finish']) expect(of(action).length).toBeGreaterThan(0);
});

test('by hand, with plain JSON and no types of ours, a job is paused through Temporal’s own API', async () => {
  await kit.park('by hand', 20);
  const { jobId } = await kit.start('by hand', { ratePerSecond: 5 });
  const handle = kit.client.workflow.getHandle(redriveWorkflowId(TENANT, jobId));
  expect(await handle.executeUpdate('pause', { args: [by] })).toMatchObject({ state: 'paused' });
  await expect(handle.executeUpdate('resume', { args: ['now'] })).rejects.toThrow();
  await handle.executeUpdate('abort', { args: [by] });
  await kit.inState(jobId, 'aborted');
});
