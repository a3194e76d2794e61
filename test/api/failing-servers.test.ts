/** The harshest rows of docs/faults.md, with real sockets to the stand-in servers, in seconds instead of minutes. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createResilientProviders,
  type FailoverDeps,
  type ResilientProviders,
} from '../../src/api/failover.js';
import { createOpenAiLanguageModel } from '../../src/voice/providers/openai/language-model.js';
import { createOpenAiSpeechToText } from '../../src/voice/providers/openai/speech-to-text.js';
import { createOpenAiTextToSpeech } from '../../src/voice/providers/openai/text-to-speech.js';
import type { LanguageModel } from '../../src/voice/ports.js';
import { spare, sparePhrases } from '../../src/voice/session/phrases.js';
import { ToneReader } from '../../standins/openai/tone-code/decode.js';
import { apiKey, startOpenAi, type RunningOpenAi } from '../standins/openai/running.js';
import { eventually } from '../support/eventually.js';
import { silentLogger } from '../support/log.js';
import { ears, voice } from '../voice/providers/resilience/support.js';
import {
  endTestCalls,
  placeTestCall,
  scriptedEars,
  scriptedModel,
  type TestCall,
} from '../voice/session/support/line.js';

/** The local voice is told from the server's by its samples. */
const LOCAL = 7;
const BUDGET_MS = 400;

let openai: RunningOpenAi;
let directory = '';
const opened: ResilientProviders[] = [];
beforeAll(async () => {
  openai = await startOpenAi();
});
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hermes-failing-'));
});
afterEach(async () => {
  await endTestCalls();
  await Promise.all(opened.splice(0).map((resilient) => resilient.close()));
  await openai.rest();
  await rm(directory, { recursive: true, force: true });
});
afterAll(() => openai.close());

/** Real clients of the stand-in server in every stage. */
async function hosted(deps: Partial<FailoverDeps> = {}): Promise<ResilientProviders> {
  const endpoint = { baseUrl: openai.baseUrl, apiKey };
  const [stt, tts] = await Promise.all([
    createOpenAiSpeechToText({ ...endpoint, model: 'gpt-live-transcribe', spareSockets: 0 }),
    createOpenAiTextToSpeech({ ...endpoint, model: 'gpt-4o-mini-tts', voice: 'marin' }),
  ]);
  const resilient = createResilientProviders({
    primary: { stt, llm: createOpenAiLanguageModel({ ...endpoint, model: 'gpt-6-luna' }), tts },
    remote: { stt: true, llm: true, tts: true },
    opening: { stt: Promise.resolve(null), tts: Promise.resolve(null) },
    secondLlm: null,
    budgets: { sttAnswerMs: BUDGET_MS, llmFirstTokenMs: BUDGET_MS, ttsFirstAudioMs: BUDGET_MS },
    voiceId: 'test',
    phrasesDirectory: directory,
    logger: silentLogger,
    ...deps,
  });
  opened.push(resilient);
  await eventually(() => sparePhrases.every((text) => resilient.phrases?.audioOf(text)), {
    withinMs: 5_000,
    what: 'the sentences made beforehand',
  });
  return resilient;
}

/** The greeting has been heard. */
async function greeted(
  { providers, phrases }: ResilientProviders,
  given: Parameters<typeof placeTestCall>[0] = {},
): Promise<TestCall> {
  const call = placeTestCall({ ...providers, spare: phrases ?? undefined, ...given });
  await call.next('reply_done');
  return call;
}

/** The caller says something; resolves with what was answered and in how many of its frames the local voice sounds. */
async function turn(call: TestCall, nth: number): Promise<{ text: string; words: string; local: number }> {
  await new Promise((resolve) => setTimeout(resolve, 150)); // what was sent ahead has been played
  const before = call.frames.length;
  call.speak(400, 1_300);
  const { text } = await call.next('reply_done', nth);
  const heard = call.frames.slice(before).map(({ frame }) => frame);
  return { text, words: wordsIn(heard), local: heard.filter((frame) => frame[0] === LOCAL).length };
}
function wordsIn(frames: readonly Int16Array[]): string {
  const reader = new ToneReader(16_000);
  return frames.map((frame) => reader.push(frame)).join('');
}
const stateOf = ({ circuits }: ResilientProviders, stage: string): string | undefined =>
  circuits().find((view) => view.stage === stage)?.state;

test('a mute model: the agent’s own sentence is heard in the same turn, and from the fourth on without a wait', async () => {
  const resilient = await hosted();
  const call = await greeted(resilient, { stt: scriptedEars(['hi', 'so', 'well', 'yes']) });
  await openai.control.streamFault({ route: 'chat', kind: 'stall', times: null });
  expect(await turn(call, 1)).toMatchObject({ text: 'You said hi.', words: 'You said hi.' });
  await turn(call, 2);
  await turn(call, 3);
  expect(stateOf(resilient, 'llm')).toBe('open');
  const before = (await openai.control.ledger()).requests.filter(({ path }) => path.includes('chat')).length;
  expect((await turn(call, 4)).text).toBe('You said hi and so and well and yes.');
  const after = (await openai.control.ledger()).requests.filter(({ path }) => path.includes('chat')).length;
  expect(after).toBe(before);
}, 30_000);

test('a recogniser that answers with garbage: the stand-in understands the same utterance, and the turn is not lost', async () => {
  const resilient = await hosted({
    opening: { stt: Promise.resolve(ears(() => Promise.resolve('hi'))), tts: Promise.resolve(null) },
  });
  const call = await greeted(resilient);
  await openai.control.streamFault({ route: 'realtime', kind: 'garbage', times: null });
  expect(await turn(call, 1)).toMatchObject({ text: 'You said hi.', words: 'You said hi.' });
  expect(call.turns().map(({ text }) => text)).toContain('hi');
  expect(call.events.filter(({ type }) => type === 'error')).toEqual([]);
  await turn(call, 2);
  await turn(call, 3);
  expect(stateOf(resilient, 'stt')).toBe('open');
}, 30_000);

test('a voice that is cut off in mid-clause: another says the rest of it', async () => {
  const resilient = await hosted({
    opening: { stt: Promise.resolve(null), tts: Promise.resolve(voice(LOCAL, 320)) },
  });
  const call = await greeted(resilient, { stt: scriptedEars(['my landlord changed the locks']) });
  await openai.control.configure({ speech: { gapMs: 30 } }); // or the break would overtake the sound
  await openai.control.streamFault({ route: 'speech', kind: 'cut', afterChunks: 15, times: null });
  const { words, local } = await turn(call, 1);
  expect('You said my landlord changed the locks.').toContain(words);
  expect(words.length).toBeGreaterThan(3);
  expect(local).toBeGreaterThan(10);
});

test('a mute voice and nobody to stand in: it is told once, from audio made beforehand, and the words are kept', async () => {
  const resilient = await hosted();
  const call = await greeted(resilient, { stt: scriptedEars(['hi', 'my name is Ann']) });
  await openai.control.streamFault({ route: 'speech', kind: 'stall', times: null });
  const spoken = async (phrase: string, from: number): Promise<true> =>
    eventually(() => wordsIn(call.frames.slice(from).map(({ frame }) => frame)).includes(phrase), {
      withinMs: 15_000,
      what: phrase,
    });
  const first = call.frames.length;
  await turn(call, 1);
  await spoken(spare.voiceless, first);
  const second = call.frames.length;
  await turn(call, 2);
  await spoken(spare.noted, second);
  expect(call.events.filter(({ type }) => type === 'error')).toHaveLength(1);
  expect(call.turns().map(({ text }) => text)).toContain('my name is Ann');
}, 60_000);

test('every server down at once: the stand-ins hear and speak, and the agent has words of its own', async () => {
  const resilient = await hosted({
    opening: {
      stt: Promise.resolve(ears(() => Promise.resolve('hi'))),
      tts: Promise.resolve(voice(LOCAL, 320)),
    },
  });
  const call = await greeted(resilient);
  await openai.control.fault({
    match: { path: '/v1/realtime' },
    times: null,
    effect: { kind: 'status', status: 500 },
  });
  await openai.control.fault({
    match: { path: '/v1/chat' },
    times: null,
    effect: { kind: 'rate_limited', retryAfterSeconds: 1 },
  });
  await openai.control.fault({ match: { path: '/v1/audio' }, times: null, effect: { kind: 'cut' } });
  const { text, words, local } = await turn(call, 1);
  expect({ text, words }).toEqual({ text: 'You said hi.', words: '' });
  expect(local).toBeGreaterThanOrEqual('You said hi.'.length);
});

test('answers prepared in vain, and calls that end during one, are no failures: nothing opens, nothing is said of them', async () => {
  const resilient = await hosted();
  await openai.control.configure({ chat: { firstMs: 60_000 } });
  const before = (await openai.control.streams()).aborted;
  for (let n = 0; n < 5; n += 1) {
    const call = await greeted(resilient, { llm: onlyReplies(resilient), stt: scriptedEars(['and then']) });
    const frames = call.frames.length;
    call.speak(400, n % 2 === 0 ? 160 : 1_300);
    await openai.streamsBecome({ open: 1 });
    if (n % 2 === 0) call.speak(400, 0);
    call.session.end();
    await call.session.finished;
    await openai.streamsBecome({ open: 0 });
    expect([call.frames.length - frames, call.errors()]).toEqual([0, 0]);
  }
  expect((await openai.control.streams()).aborted - before).toBe(5);
  expect(resilient.circuits().map(({ state }) => state)).toEqual(['closed', 'closed', 'closed']);
}, 30_000);

/** The greeting is worded here, everything else by the server. */
const onlyReplies = ({ providers: { llm } }: ResilientProviders): LanguageModel => ({
  ...llm,
  word: (request, signal) => (request.act.kind === 'greeting' ? scriptedModel : llm).word(request, signal),
});
