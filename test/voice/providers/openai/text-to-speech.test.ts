import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { concatSamples } from '../../../../src/voice/audio/pcm.js';
import { SAMPLE_RATE_HZ, type TextToSpeech } from '../../../../src/voice/ports.js';
import { createOpenAiTextToSpeech } from '../../../../src/voice/providers/openai/text-to-speech.js';
import { readTones } from '../../../../standins/openai/tone-code/decode.js';
import { apiKey, startOpenAi, type RunningOpenAi } from '../../../standins/openai/running.js';
import { all, failureOf, never } from './support.js';

let openai: RunningOpenAi;
let tts: TextToSpeech;
/** Short limits, for tests of the limits. */
let hasty: TextToSpeech;

const options = () => ({
  baseUrl: openai.baseUrl,
  apiKey,
  model: 'gpt-4o-mini-tts',
  voice: 'alloy',
});

beforeAll(async () => {
  openai = await startOpenAi();
  tts = await createOpenAiTextToSpeech(options());
  hasty = await createOpenAiTextToSpeech({ ...options(), firstByteTimeoutMs: 300, stallTimeoutMs: 300 });
});
beforeEach(() => openai.rest());
afterAll(async () => {
  await Promise.all([tts.close(), hasty.close()]);
  await openai.close();
});

const text = 'Thank you for calling Hart & Cole. How may I help?';
const speak = () => all(tts.speak(text, never));
const failing = (kind: string) => all((kind === 'timeout' ? hasty : tts).speak(text, never));
const heardIn = (chunks: Int16Array[]) =>
  readTones(concatSamples([...chunks, new Int16Array(400)]), SAMPLE_RATE_HZ);

describe('speaking', () => {
  test('gives the whole text at 16 kHz, in pieces', async () => {
    const chunks = await speak();
    expect(chunks.length).toBeGreaterThan(1);
    expect(heardIn(chunks)).toBe(text);
    // 340 ms around the text and 20 ms for each letter.
    const samples = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    expect(Math.abs(samples - (17 + text.length) * 320)).toBeLessThanOrEqual(1);
  });

  test('survives samples cut in two by the network', async () => {
    await openai.control.configure({ writeBytes: 333 });
    expect(heardIn(await speak())).toBe(text);
  });

  test('gives the first sound long before the last has been made', async () => {
    await openai.control.configure({ speech: { gapMs: 50 } });
    const stream = tts.speak(text, never)[Symbol.asyncIterator]();
    await stream.next();
    expect(await openai.control.streams()).toMatchObject({ open: 1, finished: 0 });
    await stream.return?.();
    await openai.streamsBecome({ open: 0, aborted: 1 });
  });

  test('asks for the voice and the model it was made with', async () => {
    await speak();
    expect(await openai.control.created('speech')).toMatchObject([
      { model: 'gpt-4o-mini-tts', voice: 'alloy', format: 'pcm', input: text },
    ]);
  });
});

test('barge-in rejects with the reason and ends the request upstream', async () => {
  await openai.control.configure({ speech: { gapMs: 50 } });
  const hangUp = new AbortController();
  const stream = tts.speak(text, hangUp.signal)[Symbol.asyncIterator]();
  await stream.next();
  const pending = (async () => {
    for (;;) await stream.next();
  })();
  hangUp.abort(new Error('barge-in'));
  await expect(pending).rejects.toThrow('barge-in');
  await openai.streamsBecome({ open: 0, aborted: 1, finished: 0 });
});

describe('failures', () => {
  test.each([
    [{ kind: 'rate_limited', retryAfterSeconds: 30 }, 'unavailable'],
    [{ kind: 'status', status: 500 }, 'unavailable'],
    [{ kind: 'html', status: 403 }, 'refused'],
    [{ kind: 'cut' }, 'unavailable'],
    [{ kind: 'stall' }, 'timeout'],
  ] as const)('%j is %s', async (effect, kind) => {
    await openai.control.fault({ match: { path: '/v1/audio/speech' }, effect });
    expect(await failureOf(failing(kind), { secret: 'Hart' })).toEqual({ stage: 'tts', kind });
  });

  test.each([
    ['cut', 3, 'unavailable'],
    ['stall', 3, 'timeout'],
    ['stall', 0, 'timeout'],
    ['end', 0, 'garbage'],
    ['garbage', 0, 'garbage'],
  ] as const)('a stream that ends in %s after %d chunks is %s', async (fault, afterChunks, kind) => {
    await openai.control.streamFault({ route: 'speech', kind: fault, afterChunks });
    expect(await failureOf(failing(kind))).toEqual({ stage: 'tts', kind });
    await openai.streamsBecome({ open: 0 });
  });

  test.each([{ apiKey: 'sk-wrong' }, { voice: 'slt' }, { model: 'gpt-6-luna' }])(
    'with %j it is refused',
    async (wrong) => {
      const other = await createOpenAiTextToSpeech({ ...options(), ...wrong });
      expect(await failureOf(all(other.speak(text, never)))).toEqual({ stage: 'tts', kind: 'refused' });
      await other.close();
    },
  );
});
