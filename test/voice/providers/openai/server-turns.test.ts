import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Recognition, SpeechToText } from '../../../../src/voice/ports.js';
import {
  createOpenAiSpeechToText,
  type OpenAiSpeechToTextOptions,
} from '../../../../src/voice/providers/openai/speech-to-text.js';
import { apiKey, startOpenAi, type RunningOpenAi } from '../../../standins/openai/running.js';
import { eventually } from '../../../support/eventually.js';
import { failureOf, never, pause, say } from './support.js';

let openai: RunningOpenAi;
const made: SpeechToText[] = [];

beforeAll(async () => {
  openai = await startOpenAi();
});
beforeEach(() => openai.rest());
afterEach(() => Promise.all(made.splice(0).map((stt) => stt.close())));
afterAll(() => openai.close());

/** A server that finds ends of speech itself, after 200 ms of silence. */
async function begin(options: Partial<OpenAiSpeechToTextOptions> = {}): Promise<Recognition> {
  const stt = await createOpenAiSpeechToText({
    baseUrl: openai.baseUrl,
    apiKey,
    model: 'gpt-transcribe',
    turnDetection: 'server',
    serverSilenceMs: 200,
    timeoutMs: 5_000,
    spareSockets: 0,
    ...options,
  });
  made.push(stt);
  return stt.start();
}

const [first, second] = ['My name is Maria Lopez.', 'I was hurt at work.'] as const;
/** 300 ms: enough for the server to take the caller as finished. */
const LONG_PAUSE = 15;

const known = (recognition: Recognition, words: string) =>
  eventually(() => recognition.partial!() === words, { withinMs: 2_000, what: `“${words}” is known` });
const turns = async () =>
  (await openai.control.created('realtime_turn')).map((turn) => (turn as { text: string }).text);

describe('a server that cuts at pauses', () => {
  test('has the words before the pause ready while the caller goes on', async () => {
    const recognition = await begin();
    say(recognition, first);
    pause(recognition, LONG_PAUSE);
    await known(recognition, first);
    say(recognition, second);
    expect(await recognition.finish(never)).toBe(`${first} ${second}`);
    expect(await turns()).toEqual([first, second]);
  });

  test('is not asked about the silence after the last word', async () => {
    const recognition = await begin();
    say(recognition, first);
    pause(recognition, 2 * LONG_PAUSE);
    await known(recognition, first);
    expect(await recognition.finish(never)).toBe(first);
    expect(await turns()).toEqual([first]);
  });

  test('that has not noticed the end yet is told', async () => {
    const recognition = await begin();
    say(recognition, first);
    pause(recognition, 3);
    expect(await recognition.finish(never)).toBe(first);
  });

  test('may finish its pieces in any order: the words come out in that of speech', async () => {
    await openai.control.configure({ swapCompletions: true });
    const recognition = await begin();
    say(recognition, first);
    pause(recognition, LONG_PAUSE);
    say(recognition, second);
    pause(recognition, 3);
    expect(await recognition.finish(never)).toBe(`${first} ${second}`);
  });

  test('hears nothing in silence', async () => {
    const recognition = await begin();
    pause(recognition, 50);
    expect(await recognition.finish(never)).toBe('');
  });

  test('may be of the beta generation', async () => {
    await openai.control.configure({ realtimeGeneration: 'beta' });
    const recognition = await begin({ model: 'whisper-1' });
    say(recognition, first);
    pause(recognition, LONG_PAUSE);
    await known(recognition, first);
    say(recognition, second);
    expect(await recognition.finish(never)).toBe(`${first} ${second}`);
  });
});

test('a live model refuses to detect turns, and the utterance tells so', async () => {
  const recognition = await begin({ model: 'gpt-live-transcribe' });
  say(recognition, first);
  expect(await failureOf(recognition.finish(never))).toEqual({ stage: 'stt', kind: 'refused' });
});

test.each([
  ['cut', 'unavailable'],
  ['garbage', 'garbage'],
  ['stall', 'timeout'],
] as const)('a transcript that ends in %s is %s, although the server cut by itself', async (fault, kind) => {
  await openai.control.streamFault({ route: 'realtime', kind: fault, afterChunks: 1 });
  const recognition = await begin(kind === 'timeout' ? { timeoutMs: 300 } : {});
  say(recognition, first);
  pause(recognition, LONG_PAUSE);
  const failure = await failureOf(recognition.finish(never), { secret: 'Maria' });
  expect(failure).toEqual({ stage: 'stt', kind });
});
