import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { SpeechToText } from '../../../../src/voice/ports.js';
import {
  createOpenAiSpeechToText,
  type OpenAiSpeechToTextOptions,
} from '../../../../src/voice/providers/openai/speech-to-text.js';
import { apiKey, startOpenAi, type RunningOpenAi } from '../../../standins/openai/running.js';
import { eventually } from '../../../support/eventually.js';
import { failureOf, never, pause, say } from './support.js';

let openai: RunningOpenAi;
const made: SpeechToText[] = [];

async function make(options: Partial<OpenAiSpeechToTextOptions> = {}): Promise<SpeechToText> {
  const stt = await createOpenAiSpeechToText({
    baseUrl: openai.baseUrl,
    apiKey,
    model: 'gpt-live-transcribe',
    timeoutMs: 5_000,
    // Spares, which have a test of their own, would count among the open sockets.
    spareSockets: 0,
    ...options,
  });
  made.push(stt);
  return stt;
}

beforeAll(async () => {
  openai = await startOpenAi();
});
beforeEach(async () => {
  await Promise.all(made.splice(0).map((stt) => stt.close()));
  await openai.rest();
});
afterAll(async () => {
  await Promise.all(made.map((stt) => stt.close()));
  await openai.close();
});

/** Short limits where the limit is what is tested, and only there: the machine may be busy. */
const hastyFor = (kind: string) => (kind === 'timeout' ? { timeoutMs: 300 } : {});

const sentence = 'My name is Maria Lopez and I was hurt at work.';
const heard = (stt: SpeechToText, text = sentence) => {
  const recognition = stt.start();
  say(recognition, text);
  return recognition.finish(never);
};

describe.each([
  ['a live model', { model: 'gpt-live-transcribe' }],
  ['a model that hears whole turns', { model: 'gpt-transcribe' }],
  ['an upload', { model: 'gpt-transcribe', mode: 'rest' }],
] as const)('%s', (_name, options) => {
  test('hears what the caller says', async () => {
    expect(await heard(await make(options))).toBe(sentence);
  });

  test('hears nothing in silence, and in less than 100 ms', async () => {
    const stt = await make(options);
    const silent = stt.start();
    pause(silent, 50);
    expect(await silent.finish(never)).toBe('');
    const short = stt.start();
    pause(short, 3);
    expect(await short.finish(never)).toBe('');
    expect(await stt.start().finish(never)).toBe('');
  });

  test('keeps callers who speak at once apart', async () => {
    const stt = await make(options);
    const texts = ['First caller.', 'Second caller.', 'Third caller.'];
    expect(await Promise.all(texts.map((text) => heard(stt, text)))).toEqual(texts);
    await openai.streamsBecome({ realtimeOpen: 0 });
  });

  test('an abort rejects with its reason', async () => {
    await openai.control.configure({ transcript: { firstMs: 2_000 } });
    const recognition = (await make(options)).start();
    say(recognition, sentence);
    const hangUp = new AbortController();
    const text = recognition.finish(hangUp.signal);
    hangUp.abort(new Error('hung up'));
    await expect(text).rejects.toThrow('hung up');
    await openai.streamsBecome({ realtimeOpen: 0 });
  });

  test('a cancelled recognition gives everything back, as often as one likes', async () => {
    const recognition = (await make(options)).start();
    say(recognition, sentence);
    recognition.cancel();
    recognition.cancel();
    pause(recognition, 1);
    await expect(recognition.finish(never)).rejects.toThrow(/abort|cancel/i);
    recognition.cancel();
    await openai.streamsBecome({ realtimeOpen: 0 });
  });

  test.each([
    [{ apiKey: 'sk-wrong' }, 'refused'],
    [{ apiKey: undefined }, 'refused'],
    [{ model: 'gpt-6-luna' }, 'refused'],
    [{ baseUrl: 'http://127.0.0.1:1/v1' }, 'unavailable'],
  ] as const)('with %j is %s', async (wrong, kind) => {
    expect(await failureOf(heard(await make({ ...options, ...wrong })))).toEqual({ stage: 'stt', kind });
  });

  test.each([
    [{ kind: 'rate_limited', retryAfterSeconds: 30 }, 'unavailable'],
    [{ kind: 'status', status: 500 }, 'unavailable'],
    [{ kind: 'html', status: 502 }, 'unavailable'],
    [{ kind: 'cut' }, 'unavailable'],
    [{ kind: 'stall' }, 'timeout'],
  ] as const)('met by %j is %s', async (effect, kind) => {
    await openai.control.fault({ effect });
    const stt = await make({ ...options, ...hastyFor(kind) });
    expect(await failureOf(heard(stt), { secret: 'Maria' })).toEqual({ stage: 'stt', kind });
    expect(await heard(await make(options))).toBe(sentence);
  });
});

test('an upload is cancelled upstream when the caller hangs up', async () => {
  await openai.control.configure({ transcript: { firstMs: 2_000 } });
  const recognition = (await make({ model: 'gpt-transcribe', mode: 'rest' })).start();
  say(recognition, sentence);
  const hangUp = new AbortController();
  const text = recognition.finish(hangUp.signal);
  const statusBecomes = (status: string) =>
    eventually(async () => (await openai.control.ledger()).requests.at(-1)?.status === status, {
      withinMs: 1_500,
      what: `the upload is ${status}`,
    });
  await statusBecomes('open');
  hangUp.abort(new Error('hung up'));
  await expect(text).rejects.toThrow('hung up');
  await statusBecomes('gone');
});

describe('the realtime socket', () => {
  test('carries the sound while the caller speaks', async () => {
    const recognition = (await make()).start();
    say(recognition, sentence);
    await openai.streamsBecome({ realtimeOpen: 1 });
    say(recognition, 'And more.');
    expect(await recognition.finish(never)).toBe(`${sentence} And more.`);
    expect(await openai.control.created('realtime_turn')).toMatchObject([
      { model: 'gpt-live-transcribe', format: 'audio/pcmu' },
    ]);
  });

  test.each([{ audioFormat: 'pcmu' }, { audioFormat: 'pcm' }] as const)(
    'tells the words as they come, before the caller has finished, with %j',
    async (format) => {
      const recognition = (await make(format)).start();
      expect(recognition.partial!()).toBe('');
      say(recognition, sentence);
      // The last sound waits for a full message.
      pause(recognition, 3);
      const known = () => recognition.partial!() === sentence;
      await eventually(known, { withinMs: 2_000, what: 'all words are known' });
      expect(await recognition.finish(never)).toBe(sentence);
      const type = format.audioFormat === 'pcm' ? 'audio/pcm' : 'audio/pcmu';
      expect(await openai.control.created('realtime_turn')).toMatchObject([{ format: type }]);
    },
  );

  test('holds back what the caller says before the server greets', async () => {
    await openai.control.fault({ match: { path: '/v1/realtime' }, effect: { kind: 'latency', ms: 200 } });
    expect(await heard(await make())).toBe(sentence);
  });

  test.each([
    ['cut', 'unavailable'],
    ['end', 'unavailable'],
    ['garbage', 'garbage'],
    ['stall', 'timeout'],
  ] as const)('that answers a commit with %s is %s, and is closed', async (fault, kind) => {
    for (const afterChunks of [0, 1]) {
      await openai.control.streamFault({ route: 'realtime', kind: fault, afterChunks });
      const stt = await make(hastyFor(kind));
      expect(await failureOf(heard(stt), { secret: 'Maria' })).toEqual({ stage: 'stt', kind });
    }
    await openai.streamsBecome({ realtimeOpen: 0 });
  });

  test('reports at finish what broke before it', async () => {
    await openai.control.fault({ match: { path: '/v1/realtime' }, effect: { kind: 'status', status: 503 } });
    const recognition = (await make()).start();
    await openai.streamsBecome({ realtimeOpen: 0 });
    say(recognition, sentence);
    expect(await failureOf(recognition.finish(never))).toEqual({ stage: 'stt', kind: 'unavailable' });
  });

  test('speaks with servers of the beta generation', async () => {
    await openai.control.configure({ realtimeGeneration: 'beta' });
    const stt = await make({ model: 'whisper-1' });
    expect(await heard(stt)).toBe(sentence);
    expect(await stt.start().finish(never)).toBe('');
  });

  test('names the model in the URL only when told to', async () => {
    expect(await failureOf(heard(await make({ modelInUrl: true })))).toEqual({
      stage: 'stt',
      kind: 'refused',
    });
    await openai.control.configure({ modelInUrl: 'required' });
    expect(await heard(await make({ modelInUrl: true }))).toBe(sentence);
    expect(await failureOf(heard(await make()))).toEqual({ stage: 'stt', kind: 'refused' });
  });

  test('is closed with the provider, in the middle of a word', async () => {
    const stt = await make();
    const recognition = stt.start();
    say(recognition, sentence);
    await openai.streamsBecome({ realtimeOpen: 1 });
    await stt.close();
    await openai.streamsBecome({ realtimeOpen: 0 });
    await expect(recognition.finish(never)).rejects.toThrow('cancelled');
  });
});
