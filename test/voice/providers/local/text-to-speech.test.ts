import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import type { Worker } from 'node:worker_threads';
import { concatSamples } from '../../../../src/voice/audio/pcm.js';
import type { TextToSpeech } from '../../../../src/voice/ports.js';
import { startFliteWorker } from '../../../../src/voice/providers/local/flite-engine.js';
import {
  createLocalTextToSpeech,
  localVoices,
  type LocalTextToSpeechOptions,
} from '../../../../src/voice/providers/local/text-to-speech.js';
import { silentLogger } from '../../../support/log.js';
import { rms } from '../../audio/tones.js';
import { said } from './support.js';

const SENTENCE = 'I was injured in a car accident.';
/** For the tests that leave the engine as they found it: a thread takes half a second to start. */
const shared = createLocalTextToSpeech({ logger: silentLogger });
const open: TextToSpeech[] = [];
/** Threads of `engine`, in the order they were started. */
let workers: Worker[] = [];
/** Clauses these threads have spoken. */
let spoken = 0;

function engine(options: Partial<LocalTextToSpeechOptions> = {}): TextToSpeech {
  const startWorker = () => {
    const worker = startFliteWorker();
    workers.push(worker);
    return worker.on('message', () => spoken++);
  };
  const tts = createLocalTextToSpeech({ logger: silentLogger, startWorker, ...options });
  open.push(tts);
  return tts;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((tts) => tts.close()));
  workers = [];
  spoken = 0;
});
afterAll(() => shared.close());

describe('local speech', () => {
  test.each(localVoices)(
    'the voice %s says a sentence at 16 kHz, at its natural length and loudness',
    async (voice) => {
      const samples = await said(engine({ voice }), SENTENCE);
      expect(samples.length / 16_000).toBeGreaterThan(1.2);
      expect(samples.length / 16_000).toBeLessThan(4);
      expect(rms(samples)).toBeGreaterThan(500);
    },
  );

  test('sixty sentences in a row come out alike', async () => {
    const tts = engine();
    const first = await said(tts, 'Yes.');
    for (let i = 0; i < 60; i++) expect((await said(tts, 'Yes.')).length).toBe(first.length);
    expect(workers.length).toBe(1);
  });

  test('a long text begins to sound after its first sentence', async () => {
    const tts = shared;
    const whole = await said(tts, `${SENTENCE} ${SENTENCE} ${SENTENCE}`);
    const chunks: Int16Array[] = [];
    for await (const chunk of tts.speak(`${SENTENCE} ${SENTENCE} ${SENTENCE}`, new AbortController().signal))
      chunks.push(chunk);
    expect(chunks.length).toBe(3);
    expect(concatSamples(chunks)).toEqual(whole);
  });

  test('accents, typographic quotes, emoji and control characters change nothing that can be said', async () => {
    const tts = shared;
    expect(await said(tts, 'Mari\u0301a\u2019s \u201ccall\u201d\u0000\u{1f600}')).toEqual(
      await said(tts, 'Maria\'s "call"  '),
    );
  });

  test.each(['', '   ', '…', '\u{1f600}', '日本'])(
    'a text with nothing to pronounce (%j) makes no sound',
    async (text) => {
      expect((await said(shared, text)).length).toBe(0);
    },
  );

  test('text that looks like an option of the engine is read out', async () => {
    expect((await said(shared, '-o /etc/passwd')).length).toBeGreaterThan(8000);
  });

  test('an abort in mid-speech ends it with the reason, and the sentences not yet begun are never spoken', async () => {
    const tts = engine();
    const controller = new AbortController();
    const reason = new Error('the caller spoke');
    const long = `${SENTENCE} `.repeat(40);
    const chunks: Int16Array[] = [];
    const speaking = (async () => {
      for await (const chunk of tts.speak(long, controller.signal)) {
        chunks.push(chunk);
        controller.abort(reason);
      }
    })();
    await expect(speaking).rejects.toBe(reason);
    expect(chunks.length).toBe(1);
    await said(tts, 'Hello.');
    // The first sentence, at most one made ahead, and the greeting of the next caller.
    expect(spoken).toBeLessThanOrEqual(3);
  });

  test('an abort while other calls are being served takes the sentence out of the line', async () => {
    const tts = engine();
    const controller = new AbortController();
    const before = said(tts, SENTENCE);
    const aborted = tts.speak(SENTENCE, controller.signal)[Symbol.asyncIterator]().next();
    controller.abort(new Error('the caller hung up'));
    await expect(aborted).rejects.toThrow('the caller hung up');
    await before;
    await said(tts, 'Yes.');
    expect(spoken).toBe(2);
  });

  test('a reader that stops reading stops the engine as well', async () => {
    const tts = engine();
    for await (const chunk of tts.speak(`${SENTENCE} `.repeat(40), new AbortController().signal)) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    await said(tts, 'Hello.');
    expect(spoken).toBeLessThanOrEqual(3);
  });

  test('a signal that is aborted already gives no sound', async () => {
    const speaking = shared.speak(SENTENCE, AbortSignal.abort(new Error('over')));
    await expect(speaking[Symbol.asyncIterator]().next()).rejects.toThrow('over');
  });

  test('calls take turns: a short reply does not wait for the long ones before it', async () => {
    const tts = shared;
    const finished: string[] = [];
    const calls = Array.from({ length: 5 }, async (_, i) => {
      await said(tts, 'Yes. No. Yes. No. Yes.');
      finished.push(`long ${i}`);
    });
    const short = said(tts, 'Yes.').then(() => finished.push('short'));
    await Promise.all([...calls, short]);
    expect(finished[0]).toBe('short');
  });

  test('when the thread is killed, the sentence under way fails as unavailable and the next one sounds', async () => {
    const tts = engine();
    await said(tts, 'Hello.');
    const dying = said(tts, SENTENCE);
    const queued = said(tts, SENTENCE);
    await workers[0]!.terminate();
    await expect(dying).rejects.toMatchObject({ name: 'ProviderError', stage: 'tts', kind: 'unavailable' });
    expect((await queued).length).toBeGreaterThan(16_000);
    expect(workers.length).toBe(2);
  });

  test('a thread killed between sentences is not noticed by the next one', async () => {
    const tts = engine();
    const before = await said(tts, 'Hello.');
    await workers[0]!.terminate();
    expect(await said(tts, 'Hello.')).toEqual(before);
  });

  test('a sentence that takes too long fails as timeout and the thread is replaced', async () => {
    const tts = engine({ clauseTimeoutMs: 1 });
    await expect(said(tts, SENTENCE)).rejects.toMatchObject({ name: 'ProviderError', kind: 'timeout' });
    await expect(said(tts, SENTENCE)).rejects.toMatchObject({ name: 'ProviderError', kind: 'timeout' });
    expect(workers.length).toBe(2);
  });

  test('closing fails what is being said, and nothing can be said afterwards', async () => {
    const tts = engine();
    const speaking = said(tts, SENTENCE);
    const expectation = expect(speaking).rejects.toMatchObject({
      name: 'ProviderError',
      kind: 'unavailable',
    });
    await tts.close();
    await expectation;
    await expect(said(tts, SENTENCE)).rejects.toMatchObject({ name: 'ProviderError', kind: 'unavailable' });
  });
});
