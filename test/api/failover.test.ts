import { afterEach, expect, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createResilientProviders,
  type FailoverDeps,
  type ResilientProviders,
} from '../../src/api/failover.js';
import { spare } from '../../src/voice/session/phrases.js';
import { eventually } from '../support/eventually.js';
import { silentLogger } from '../support/log.js';
import { all, down, ears, model, never, request, voice } from '../voice/providers/resilience/support.js';

const opened: { resilient: ResilientProviders; directory: string }[] = [];
afterEach(async () => {
  for (const { resilient, directory } of opened.splice(0)) {
    await resilient.close();
    await rm(directory, { recursive: true, force: true });
  }
});

const dead = (): Promise<never> => Promise.reject(down('llm'));

async function resilientOf(deps: Partial<FailoverDeps>): Promise<ResilientProviders> {
  const directory = await mkdtemp(join(tmpdir(), 'hermes-failover-'));
  const resilient = createResilientProviders({
    primary: { stt: null, llm: model(['Yes.']), tts: null },
    remote: { stt: true, llm: true, tts: true },
    opening: { stt: Promise.resolve(null), tts: Promise.resolve(null) },
    secondLlm: null,
    budgets: { sttAnswerMs: 1_000, llmFirstTokenMs: 1_000, ttsFirstAudioMs: 1_000 },
    voiceId: 'test',
    phrasesDirectory: directory,
    logger: silentLogger,
    ...deps,
  });
  opened.push({ resilient, directory });
  return resilient;
}

test('a server that recognises nothing is left alone after three utterances, and the stand-in has understood them all', async () => {
  const server = ears(() => Promise.reject(down('stt')));
  const local = ears(() => Promise.resolve('hello'));
  const { providers, circuits } = await resilientOf({
    primary: { stt: server, llm: model(['Yes.']), tts: null },
    opening: { stt: Promise.resolve(local), tts: Promise.resolve(null) },
  });
  await new Promise((resolve) => setImmediate(resolve));
  const heard: string[] = [];
  for (let n = 0; n < 4; n += 1) heard.push((await providers.stt?.start().finish(never)) ?? '');
  expect(heard).toEqual(['hello', 'hello', 'hello', 'hello']);
  expect(server.finished).toBe(3);
  expect(circuits()).toContainEqual({ stage: 'stt', engine: 'ears', state: 'open' });
});

test('a second chat server words the reply when the first is down, and both are watched', async () => {
  const { providers, circuits } = await resilientOf({
    primary: { stt: null, llm: model([], dead), tts: null },
    secondLlm: { ...model(['Hello.']), name: 'second' },
  });
  expect(await all(providers.llm.word(request, never))).toEqual(['Hello.']);
  expect(circuits().map(({ stage, engine }) => `${stage} ${engine}`)).toEqual(['llm model', 'llm second']);
});

test('engines of this process are used as they are: they have no breaker', async () => {
  const primary = { stt: ears(() => Promise.resolve('hi')), llm: model(['Yes.']), tts: voice(1, 10) };
  const { providers, circuits } = await resilientOf({
    primary,
    remote: { stt: false, llm: false, tts: false },
  });
  expect(providers).toEqual(primary);
  expect(circuits()).toEqual([]);
});

test('the sentences for trouble are made by the stand-in when the server cannot speak at the start', async () => {
  const mute = voice(1, 10, { afterChars: 0, how: () => Promise.reject(down('tts')) });
  const { phrases } = await resilientOf({
    primary: { stt: null, llm: model(['Yes.']), tts: mute },
    opening: { stt: Promise.resolve(null), tts: Promise.resolve(voice(2, 10)) },
  });
  const audio = await eventually(() => phrases?.audioOf(spare.voiceless), {
    withinMs: 2_000,
    what: 'the sentence',
  });
  expect(audio[0]).toBe(2);
});

test('a stand-in that cannot be had is no failure, and closing closes every engine', async () => {
  const closed: string[] = [];
  const closing = <T extends { name: string; close(): Promise<void> }>(engine: T, name: string): T => ({
    ...engine,
    close: () => {
      closed.push(name);
      return Promise.resolve();
    },
  });
  const { close } = await resilientOf({
    primary: {
      stt: closing(
        ears(() => Promise.resolve('hi')),
        'stt',
      ),
      llm: closing(model(['Yes.']), 'llm'),
      tts: closing(voice(1, 10), 'tts'),
    },
    secondLlm: closing(model(['Yes.']), 'second'),
    opening: {
      stt: Promise.reject(new Error('no Python here')),
      tts: Promise.resolve(closing(voice(1, 10), 'stand-in')),
    },
  });
  await close();
  expect(closed.sort()).toEqual(['llm', 'second', 'stand-in', 'stt', 'tts']);
});
