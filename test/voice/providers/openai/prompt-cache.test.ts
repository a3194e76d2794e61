import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { LanguageModel } from '../../../../src/voice/ports.js';
import {
  createOpenAiLanguageModel,
  type OpenAiLanguageModelOptions,
} from '../../../../src/voice/providers/openai/language-model.js';
import { openConnection } from '../../../../src/voice/providers/openai/connection.js';
import { PromptCache } from '../../../../src/voice/providers/openai/prompt-cache.js';
import { apiKey, startOpenAi, type RunningOpenAi } from '../../../standins/openai/running.js';
import { eventually } from '../../../support/eventually.js';
import { all, never } from './support.js';

let openai: RunningOpenAi;
const made: LanguageModel[] = [];

beforeAll(async () => {
  openai = await startOpenAi();
});
beforeEach(() => openai.rest());
afterEach(() => Promise.all(made.splice(0).map((llm) => llm.close())));
afterAll(() => openai.close());

function make(options: Partial<OpenAiLanguageModelOptions>): LanguageModel {
  const llm = createOpenAiLanguageModel({
    baseUrl: openai.baseUrl,
    apiKey,
    model: 'gpt-6-luna',
    ...options,
  });
  made.push(llm);
  return llm;
}

const instructions = 'You answer for Hart & Cole.';
const ask = (llm: LanguageModel, firm = instructions) =>
  all(
    llm.word(
      { instructions: firm, history: [], act: { kind: 'ask', template: 'Your name, please?' } },
      never,
    ),
  );
const prompts = async (record: string) =>
  (await openai.control.created(record)) as {
    cacheKey: string | null;
    prewarm?: boolean;
    maxTokens?: number;
    store?: boolean;
    messages: { content: string }[];
  }[];
const recorded = (record: string, count: number) =>
  eventually(async () => (await prompts(record)).length >= count && prompts(record), {
    withinMs: 2_000,
    what: `${count} × ${record}`,
  });

describe.each([
  ['chat', 'completion'],
  ['responses', 'response'],
] as const)('on the %s API', (api, record) => {
  test('the pickup fills the cache with what every turn of the firm begins with', async () => {
    const llm = make({ api, promptCache: 'prewarm' });
    llm.prewarm!(instructions);
    const [warmed] = await recorded(record, 1);
    await ask(llm);
    const [, asked] = await recorded(record, 2);
    expect(warmed).toMatchObject(api === 'chat' ? { maxTokens: 1 } : { prewarm: true, store: false });
    expect(asked!.messages[0]!.content.startsWith(warmed!.messages[0]!.content)).toBe(true);
    expect(warmed!.messages[0]!.content).toContain(instructions);
    expect(warmed!.cacheKey).toMatch(/^[0-9a-f]{32}$/);
    expect(asked!.cacheKey).toBe(warmed!.cacheKey);
  });

  test('firms do not share a key, and without the setting there is none', async () => {
    const keyed = make({ api, promptCache: 'key' });
    await ask(keyed);
    await ask(keyed, 'You answer for Lopez Law.');
    await ask(make({ api }));
    const keys = (await prompts(record)).map(({ cacheKey }) => cacheKey);
    expect(keys[0]).not.toBe(keys[1]);
    expect(keys[2]).toBeNull();
  });
});

test('many pickups of a firm fill its cache once, until it may have gone cold', async () => {
  let nowMs = 0;
  const connection = openConnection({ baseUrl: openai.baseUrl, apiKey });
  const cache = new PromptCache({
    client: connection.client,
    model: 'gpt-6-luna',
    api: 'responses',
    use: 'prewarm',
    reasoningEffort: 'none',
    nowMs: () => nowMs,
  });
  expect([cache.prewarm('A'), cache.prewarm('A'), cache.prewarm('B')]).toEqual([true, false, true]);
  nowMs = 239_999;
  expect(cache.prewarm('A')).toBe(false);
  nowMs = 240_000;
  expect(cache.prewarm('A')).toBe(true);
  await recorded('response', 3);
  cache.close();
  expect(cache.prewarm('C')).toBe(false);
  await connection.close();
});

test('a server that refuses the warm-up is asked again at the next pickup, and no call notices', async () => {
  const llm = make({ api: 'responses', promptCache: 'prewarm' });
  await openai.control.fault({ match: { path: '/v1/responses' }, effect: { kind: 'status', status: 400 } });
  llm.prewarm!(instructions);
  await eventually(
    async () => {
      llm.prewarm!(instructions);
      return (await prompts('response')).length === 1;
    },
    { withinMs: 2_000, what: 'the second warm-up' },
  );
  expect((await ask(llm)).join('')).toBe('Your name, please?');
});

test.each(['chat', 'responses'] as const)(
  'without a cache to fill, the pickup opens the connection of the first %s request',
  async (api) => {
    const llm = make({ api });
    llm.prewarm!(instructions);
    const sockets = async () => (await openai.control.streams()).connections;
    await eventually(async () => (await sockets()) === 1, { withinMs: 2_000, what: 'a connection' });
    await eventually(async () => (await openai.control.ledger()).requests[0]?.status !== 'open', {
      withinMs: 2_000,
      what: 'its answer',
    });
    await ask(llm);
    expect(await sockets()).toBe(1);
  },
);
