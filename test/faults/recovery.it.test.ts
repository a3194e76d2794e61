/**
 * Killing the parts while they work. The outside ledgers are the judges: after recovery they must show exactly one of
 * each record, and the intake every turn that was journalled.
 */
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { openLine } from '../../src/cli/caller/line.js';
import { callScripted } from '../../src/cli/demo/stage.js';
import { accidentCaller } from '../../src/cli/demo/stories.js';
import { eventually } from '../support/eventually.js';
import { startTestStack, type TestStack } from '../support/stack.js';

/** Seconds Temporal stays away; the closing figures are taken with 60. */
const outageMs = Number(process.env['HERMES_FAULT_OUTAGE_S'] ?? '8') * 1_000;

let hermes: TestStack;
beforeAll(async () => {
  hermes = await startTestStack({ HERMES_RECONNECT_WINDOW_MS: '1500', HERMES_WRITE_SLOW_WINDOW_MS: '60000' });
});
afterAll(() => hermes.close(), 15_000);
beforeEach(() => hermes.clio.clearFaults());

/** Counts of what Clio has ever created, so that each test looks only at its own. */
const created = async (): Promise<number[]> =>
  Promise.all(['contact', 'matter', 'note'].map(async (kind) => (await hermes.clio.created(kind)).length));

const oneMore = (before: readonly number[]): number[] => before.map((count) => count + 1);
const typedCall = () => callScripted({ api: hermes.api, spoken: false }, accidentCaller, () => undefined);

const journalIsSafe = async (): Promise<boolean> => {
  const response = await fetch(`${hermes.stack.addresses.api}/health`);
  return ((await response.json()) as { journal_in_memory: number }).journal_in_memory === 0;
};

test('a worker killed while Clio does the work leaves one contact, one matter and one note', async () => {
  const before = await created();
  await hermes.clio.fault({
    match: { method: 'POST', path: '/api/v4/matters' },
    effect: { kind: 'latency', ms: 1_500 },
  });
  const { callId } = await typedCall();
  await eventually(
    async () =>
      (await hermes.clio.ledger()).requests.some((r) => r.status === 'open' && r.path.includes('/matters')),
    { withinMs: 20_000, everyMs: 50, what: 'the matter being created' },
  );
  hermes.stack.kill('worker');
  await hermes.finished(callId);
  expect(await created()).toEqual(oneMore(before));
});

test('a matter whose answer was lost after the work was done is found again, not made again', async () => {
  const before = await created();
  await hermes.clio.fault({
    match: { method: 'POST', path: '/api/v4/matters' },
    effect: { kind: 'commit_then_cut' },
  });
  const { callId } = await typedCall();
  await hermes.finished(callId);
  expect(await created()).toEqual(oneMore(before));
});

test('an edge killed in mid-call loses no journalled turn, and the intake ends with what was said', async () => {
  const before = await created();
  const session = await hermes.api.startSession();
  const heard: string[] = [];
  let replies = 0;
  const line = await openLine(session.urls.native, (message) => {
    if (message.type === 'heard') heard.push(message.text);
    if (message.type === 'reply_done') replies += 1;
  });
  line.send({ type: 'start', token: session.token, input: 'text', output: 'text' });
  const says = ['I was hurt in a car accident.', 'My name is Robert Miller.', '214 555 0177'];
  for (const [i, text] of says.entries()) {
    await eventually(() => replies > i, { withinMs: 5_000, everyMs: 10, what: `reply ${i + 1}` });
    line.send({ type: 'text', text });
  }
  await eventually(() => replies > says.length, { withinMs: 5_000, everyMs: 10, what: 'the last reply' });
  // What is said reaches the disk within some 15 ms; only what did is journalled.
  await eventually(journalIsSafe, { withinMs: 5_000, everyMs: 5, what: 'the journal on the disk' });
  hermes.stack.kill('edge');
  await line.closed;
  await eventually(() => hermes.api.sla(), { withinMs: 20_000, everyMs: 200, what: 'the edge to be back' });
  const intake = await hermes.finished(session.session_id);
  expect(await created()).toEqual(oneMore(before));
  const note = (await hermes.clio.created('note')).at(-1);
  for (const text of heard) expect(JSON.stringify(note)).toContain(text);
  expect(heard).toEqual(says);
  expect(intake.record['endReason']).toBe('dropped');
});

test(
  'a call held while Temporal is dead goes on, and is written when Temporal is back',
  async () => {
    const before = await created();
    hermes.stack.kill('temporal');
    await hermes.stack.lower('temporal'); // or its supervisor would start it again
    const away = Date.now();
    const { callId, events } = await typedCall();
    expect(events.at(-1)).toMatchObject({ kind: 'ended' });
    expect(events.filter((e) => e.kind === 'reply').length).toBeGreaterThanOrEqual(8);
    await eventually(() => Date.now() - away >= outageMs, {
      withinMs: outageMs + 1_000,
      what: 'the outage to pass',
    });
    await hermes.stack.raise('temporal');
    await hermes.finished(callId);
    expect(await created()).toEqual(oneMore(before));
  },
  outageMs + 50_000,
);
