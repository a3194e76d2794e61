import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import { concatSamples } from '../../../../src/voice/audio/pcm.js';
import { SAMPLE_RATE_HZ, type TextToSpeech } from '../../../../src/voice/ports.js';
import {
  createOpenAiTextToSpeech,
  type OpenAiTextToSpeechOptions,
} from '../../../../src/voice/providers/openai/text-to-speech.js';
import { readTones } from '../../../../standins/openai/tone-code/decode.js';
import { speakInTones } from '../../../../standins/openai/tone-code/encode.js';
import { apiKey, startOpenAi, type RunningOpenAi } from '../../../standins/openai/running.js';
import { all, failureOf, never } from './support.js';

let openai: RunningOpenAi;
const closers: (() => unknown)[] = [];

beforeAll(async () => {
  openai = await startOpenAi();
});
beforeEach(() => openai.rest());
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});
afterAll(() => openai.close());

async function make(options: Partial<OpenAiTextToSpeechOptions> = {}): Promise<TextToSpeech> {
  const tts = await createOpenAiTextToSpeech({
    baseUrl: openai.baseUrl,
    apiKey,
    model: 'gpt-realtime-2.1-mini',
    voice: 'marin',
    api: 'realtime',
    ...options,
  });
  closers.push(() => tts.close());
  return tts;
}

const text = 'Thank you for calling Hart & Cole. May I have your name?';
const heardIn = (chunks: Int16Array[]) =>
  readTones(concatSamples([...chunks, new Int16Array(400)]), SAMPLE_RATE_HZ);
/** Short limits where the limit is what is tested, and only there: the machine may be busy. */
const hastyFor = (kind: string) =>
  kind === 'timeout' ? { firstByteTimeoutMs: 300, stallTimeoutMs: 300 } : {};

describe.each(['ga', 'beta'] as const)('a server of the %s generation', (realtimeGeneration) => {
  test('reads the whole text aloud, in the voice asked for', async () => {
    await openai.control.configure({ realtimeGeneration });
    const chunks = await all((await make()).speak(text, never));
    expect(chunks.length).toBeGreaterThan(1);
    expect(heardIn(chunks)).toBe(text);
    const samples = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    expect(Math.abs(samples - (17 + text.length) * 320)).toBeLessThanOrEqual(1);
    expect(await openai.control.created('realtime_speech')).toMatchObject([
      { model: 'gpt-realtime-2.1-mini', voice: 'marin', text },
    ]);
  });
});

test('gives the first sound long before the last has been made', async () => {
  await openai.control.configure({ speech: { gapMs: 50 } });
  const stream = (await make()).speak(text, never)[Symbol.asyncIterator]();
  const first = await stream.next();
  expect(first.done).toBe(false);
  expect((first.value as Int16Array).length).toBeLessThan(3_200);
  await stream.return?.();
});

describe('sockets', () => {
  test('one that has spoken to the end speaks the next text', async () => {
    const tts = await make();
    for (const line of ['One moment.', 'Thank you.', 'Goodbye.']) {
      expect(heardIn(await all(tts.speak(line, never)))).toBe(line);
    }
    await openai.streamsBecome({ realtimeOpened: 1, realtimeOpen: 1 });
  });

  test('texts spoken at once are kept apart', async () => {
    const tts = await make();
    const lines = ['First line.', 'Second line.', 'Third line.'];
    const spoken = await Promise.all(lines.map((line) => all(tts.speak(line, never))));
    expect(spoken.map(heardIn)).toEqual(lines);
  });

  test('one is ready before the first text', async () => {
    const tts = await make();
    tts.prewarm!();
    await openai.streamsBecome({ realtimeConfigured: 1 });
    // From here on no connection gets through.
    await openai.control.fault({ effect: { kind: 'stall' }, times: null });
    expect(heardIn(await all(tts.speak(text, never)))).toBe(text);
    await openai.control.clearFaults();
  });

  test('none is kept beyond the cap', async () => {
    const tts = await make({ spareSockets: 0 });
    tts.prewarm!();
    expect(heardIn(await all(tts.speak(text, never)))).toBe(text);
    await openai.streamsBecome({ realtimeOpened: 1, realtimeOpen: 0 });
  });

  test('close with the provider, in mid-sentence, and the speaker is told', async () => {
    await openai.control.configure({ speech: { gapMs: 50 } });
    const tts = await make();
    const running = all(tts.speak(text, never));
    running.catch(() => undefined);
    await openai.streamsBecome({ realtimeConfigured: 1 });
    await tts.close();
    expect(await failureOf(running)).toEqual({ stage: 'tts', kind: 'unavailable' });
    await openai.streamsBecome({ realtimeOpen: 0 });
  });
});

test('barge-in rejects with the reason, stops the model, and leaves a fresh socket for the next text', async () => {
  await openai.control.configure({ speech: { gapMs: 50 } });
  const tts = await make();
  const hangUp = new AbortController();
  const stream = tts.speak(text, hangUp.signal)[Symbol.asyncIterator]();
  await stream.next();
  const pending = (async () => {
    for (;;) await stream.next();
  })();
  hangUp.abort(new Error('barge-in'));
  await expect(pending).rejects.toThrow('barge-in');
  await openai.streamsBecome({ realtimeOpened: 2, realtimeConfigured: 2, realtimeOpen: 1 });
  await openai.control.configure({ speech: { gapMs: 0 } });
  expect(heardIn(await all(tts.speak('Yes?', never)))).toBe('Yes?');
});

describe('failures', () => {
  test.each([
    [{ kind: 'rate_limited', retryAfterSeconds: 30 }, 'unavailable'],
    [{ kind: 'status', status: 500 }, 'unavailable'],
    [{ kind: 'html', status: 403 }, 'refused'],
    [{ kind: 'cut' }, 'unavailable'],
    [{ kind: 'stall' }, 'timeout'],
  ] as const)('an upgrade met by %j is %s', async (effect, kind) => {
    await openai.control.fault({ match: { path: '/v1/realtime' }, effect });
    const tts = await make(hastyFor(kind));
    expect(await failureOf(all(tts.speak(text, never)), { secret: 'Hart' })).toEqual({ stage: 'tts', kind });
  });

  test.each([
    ['realtime_greeting', 'cut', 0, 'unavailable'],
    ['realtime_greeting', 'stall', 0, 'timeout'],
    ['realtime_greeting', 'garbage', 0, 'garbage'],
    ['realtime_speech', 'cut', 5, 'unavailable'],
    ['realtime_speech', 'end', 0, 'unavailable'],
    ['realtime_speech', 'stall', 0, 'timeout'],
    ['realtime_speech', 'stall', 15, 'timeout'],
    ['realtime_speech', 'garbage', 5, 'garbage'],
  ] as const)('%s that ends in %s after %d events is %s', async (route, fault, afterChunks, kind) => {
    await openai.control.streamFault({ route, kind: fault, afterChunks });
    const tts = await make(hastyFor(kind));
    expect(await failureOf(all(tts.speak(text, never)))).toEqual({ stage: 'tts', kind });
    // The next text has a socket of its own.
    expect(heardIn(await all((await make()).speak(text, never)))).toBe(text);
  });

  test.each([{ apiKey: 'sk-wrong' }, { voice: 'slt' }, { model: 'gpt-transcribe' }, { model: 'gpt-2' }])(
    'with %j it is refused',
    async (wrong) => {
      const tts = await make(wrong);
      expect(await failureOf(all(tts.speak(text, never)))).toEqual({ stage: 'tts', kind: 'refused' });
    },
  );

  test('a model that says something else is stopped', async () => {
    await openai.control.completions('I am sorry, I cannot help you with that, but there are other firms.');
    const tts = await make();
    expect(await failureOf(all(tts.speak('May I have your name, please?', never)))).toEqual({
      stage: 'tts',
      kind: 'garbage',
    });
    await openai.streamsBecome({ realtimeOpened: 2, realtimeOpen: 1 });
  });
});

describe('a response that ends', () => {
  /** A server that answers the order with exactly this: what no well-behaved stand-in would send. */
  async function ending(response: object): Promise<TextToSpeech> {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    closers.push(() => {
      for (const client of server.clients) client.terminate();
      server.close();
    });
    await once(server, 'listening');
    server.on('connection', (client: WebSocket) => {
      const send = (event: object) => client.send(JSON.stringify(event));
      send({ type: 'session.created', session: { audio: {} } });
      client.on('message', (data) => {
        const { type } = JSON.parse((data as Buffer).toString()) as { type: string };
        if (type !== 'response.create') return;
        const delta = Buffer.from(speakInTones('Yes.', 24_000).buffer).toString('base64');
        send({ type: 'error', error: { code: 'x', event_id: 'someone' } });
        send({ type: 'response.output_audio.delta', delta });
        send({ type: 'response.done', response });
      });
    });
    return make({ baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1` });
  }

  test.each([
    [{ status: 'failed', status_details: { error: { code: 'insufficient_quota' } } }, 'refused'],
    [{ status: 'failed', status_details: { error: { type: 'server_error' } } }, 'unavailable'],
    [{ status: 'incomplete', status_details: { reason: 'content_filter' } }, 'refused'],
    [{ status: 'incomplete', status_details: { reason: 'max_output_tokens' } }, 'garbage'],
    [{ status: 'cancelled' }, 'garbage'],
    [{}, 'garbage'],
  ] as const)('as %j is %s', async (response, kind) => {
    const tts = await ending(response);
    expect(await failureOf(all(tts.speak('Yes.', never)))).toEqual({ stage: 'tts', kind });
  });

  test('as completed is whole, whatever errors of others came between', async () => {
    const tts = await ending({ status: 'completed' });
    expect(heardIn(await all(tts.speak('Yes.', never)))).toBe('Yes.');
  });
});
