import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import {
  watchShutdowns,
  type ShutdownWatch,
  type ShutdownWatchOptions,
  type WatchedModel,
} from '../../../../src/voice/providers/openai/shutdown-watch.js';
import { apiKey, startOpenAi, type RunningOpenAi } from '../../../standins/openai/running.js';
import { eventually } from '../../../support/eventually.js';
import { capturingLogger } from '../../../support/log.js';

let openai: RunningOpenAi;
const watches: ShutdownWatch[] = [];

beforeAll(async () => {
  openai = await startOpenAi();
});
beforeEach(() => openai.rest());
afterEach(() => Promise.all(watches.splice(0).map((watch) => watch.close())));
afterAll(() => openai.close());

const at = (date: string) => Date.parse(`${date}T15:00:00Z`);
const model = (stage: WatchedModel['stage'], name: string): WatchedModel => ({
  stage,
  model: name,
  baseUrl: openai.baseUrl,
  apiKey,
});
/** The stand-in takes gpt-4o-mini-tts away on 2027-01-06 and whisper-1 on 2027-02-26. */
const three = () => [model('stt', 'whisper-1'), model('llm', 'gpt-6-luna'), model('tts', 'gpt-4o-mini-tts')];

function watch(options: Partial<ShutdownWatchOptions>) {
  const { logger, lines } = capturingLogger();
  const made = watchShutdowns({ models: three(), logger, nowMs: Date.now, ...options });
  watches.push(made);
  const looked = (times: number) =>
    eventually(
      async () => {
        const { requests } = await openai.control.ledger();
        const over = requests.filter(({ status }) => status !== 'open');
        return over.length >= times;
      },
      { withinMs: 5_000, what: `${times} looks` },
    );
  return { watch: made, lines, looked };
}

test('sixty days ahead there is a warning, sixty-one days ahead there is none', async () => {
  let nowMs = at('2026-11-06');
  const { watch: made, lines, looked } = watch({ nowMs: () => nowMs, everyMs: 50 });
  await looked(2);
  expect([made.upcoming(), lines]).toEqual([[], []]);
  nowMs = at('2026-11-07');
  const tts = { stage: 'tts', model: 'gpt-4o-mini-tts', shutdownDate: '2027-01-06', daysLeft: 60 };
  await eventually(() => made.upcoming().length > 0, { withinMs: 2_000, what: 'the warning' });
  expect(made.upcoming()).toEqual([tts]);
  expect(lines[0]).toMatchObject({ level: 'warn', ...tts });
});

test('what is gone already is told as an error, and the nearest comes first', async () => {
  const { watch: made, lines } = watch({ nowMs: () => at('2027-01-07') });
  await eventually(() => lines.length === 2, { withinMs: 5_000, what: 'both lines' });
  expect(made.upcoming().map(({ model: name, daysLeft }) => [name, daysLeft])).toEqual([
    ['gpt-4o-mini-tts', -1],
    ['whisper-1', 50],
  ]);
  expect(lines.map(({ model: name, level }) => [name, level])).toEqual([
    ['whisper-1', 'warn'],
    ['gpt-4o-mini-tts', 'error'],
  ]);
});

test('stages on one server with one key cost one request', async () => {
  const { lines } = watch({ nowMs: () => at('2027-01-07') });
  await eventually(() => lines.length === 2, { withinMs: 5_000, what: 'both lines' });
  expect((await openai.control.ledger()).requests).toMatchObject([{ path: '/v1/models' }]);
});

test('a list that cannot be had is asked for again, and what was known stays known', async () => {
  const { watch: made, lines } = watch({ nowMs: () => at('2027-01-07'), everyMs: 30, againMs: 30 });
  await eventually(() => made.upcoming().length === 2, { withinMs: 5_000, what: 'the first look' });
  await openai.control.fault({ effect: { kind: 'status', status: 500 }, times: 2 });
  const missed = () => lines.filter(({ msg }) => msg === 'the list of models could not be read');
  await eventually(() => missed().length === 2, { withinMs: 5_000, what: 'two failures' });
  expect(missed()[0]).toMatchObject({ level: 'info', kind: 'unavailable' });
  expect(made.upcoming()).toHaveLength(2);
  const known = lines.length;
  await eventually(() => lines.length >= known + 2, { withinMs: 5_000, what: 'the next look' });
});

test('a server that tells no dates, or no list, warns of nothing', async () => {
  const plain = { object: 'list', data: [{ id: 'whisper-1', object: 'model' }] };
  for (const body of [
    plain,
    { detail: 'Not found' },
    { data: [{ id: 'whisper-1', shutdown_date: 'soon' }] },
  ]) {
    await openai.control.configure({ modelList: body });
    const { watch: made, looked } = watch({ nowMs: () => at('2027-01-07') });
    await looked(1);
    await made.close();
    expect(made.upcoming()).toEqual([]);
    await openai.control.reset();
  }
});

test('without models of such a server nothing is asked; closing ends a look under way', async () => {
  watch({ models: [] });
  await openai.control.fault({ effect: { kind: 'stall' } });
  const { watch: made, lines } = watch({});
  await eventually(async () => (await openai.control.ledger()).requests.length === 1, {
    withinMs: 2_000,
    what: 'the look',
  });
  await made.close();
  expect(lines).toEqual([]);
});
