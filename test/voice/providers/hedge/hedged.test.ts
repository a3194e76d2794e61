/** A second request for an answer that is late: what the reader gets, and what becomes of the other one. */
import { describe, expect, test } from '@jest/globals';
import { firstBegun } from '../../../../src/voice/providers/hedge/first-begun.js';
import { hedgedSpeechToText } from '../../../../src/voice/providers/hedge/hedged-ears.js';
import { hedgedLanguageModel, hedgedTextToSpeech } from '../../../../src/voice/providers/hedge/hedged.js';
import { Patience } from '../../../../src/voice/providers/hedge/patience.js';
import type { LanguageModel, Recognition, SpeechToText, TextToSpeech } from '../../../../src/voice/ports.js';

const never = new AbortController().signal;
const close = () => Promise.resolve();
const request = { instructions: '', history: [], act: { kind: 'ask', template: 'How are you?' } };
/** Ends only by its signal. */
const hanging = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('aborted upstream')), { once: true });
  });

/** Streams as scripted, one for each request: pieces, then its end, a failure, or nothing ever again. */
function engine(...streams: { pieces: string[]; then: 'end' | 'hang' | Error }[]) {
  const aborted: number[] = [];
  let requests = 0;
  async function* open(signal: AbortSignal): AsyncGenerator<string> {
    const number = ++requests;
    const stream = streams[number - 1] ?? { pieces: [], then: 'end' };
    let over = false;
    signal.addEventListener('abort', () => !over && aborted.push(number));
    for (const piece of stream.pieces) yield await Promise.resolve(piece);
    if (stream.then === 'hang') await hanging(signal);
    over = true;
    if (stream.then instanceof Error) throw stream.then;
  }
  return { open, aborted, requests: () => requests };
}

async function read<T>(pieces: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const piece of pieces) all.push(piece);
  return all;
}

const useful = { isUseful: (piece: string) => piece !== '', signal: never };
const quick = () => new Patience({ leastMs: 5, mostMs: 5 });

describe('a stream that may be asked for twice', () => {
  test('is asked for once when it begins in time', async () => {
    const { open, requests } = engine({ pieces: ['', 'a', '', 'b'], then: 'end' });
    const patience = new Patience({ leastMs: 60_000, mostMs: 60_000 });
    expect(await read(firstBegun({ open, patience, ...useful }))).toEqual(['a', '', 'b']);
    expect(requests()).toBe(1);
  });

  test('is read from the second request when the first hangs, and the first is aborted upstream', async () => {
    const { open, aborted } = engine({ pieces: [''], then: 'hang' }, { pieces: ['a', 'b'], then: 'end' });
    expect(await read(firstBegun({ open, patience: quick(), ...useful }))).toEqual(['a', 'b']);
    expect(aborted).toEqual([1]);
  });

  test('fails at once with the failure of the first request: only lateness is hedged', async () => {
    const { open, requests } = engine({ pieces: [], then: new Error('refused') });
    await expect(read(firstBegun({ open, patience: quick(), ...useful }))).rejects.toThrow('refused');
    expect(requests()).toBe(1);
  });

  test('is waited for when the second request fails', async () => {
    const late = { pieces: ['a'], then: 'end' as const };
    const { open: begin } = engine(late, { pieces: [], then: new Error('busy') });
    let requests = 0;
    const open = async function* (signal: AbortSignal) {
      const stream = begin(signal);
      if (++requests === 1) await new Promise((resolve) => setTimeout(resolve, 40));
      yield* stream;
    };
    expect(await read(firstBegun({ open, patience: quick(), ...useful }))).toEqual(['a']);
    expect(requests).toBe(2);
  });

  test('leaves nothing running when the reader goes, or aborts while both are late', async () => {
    const left = engine({ pieces: ['a'], then: 'hang' });
    for await (const piece of firstBegun({ open: left.open, patience: quick(), ...useful })) {
      expect(piece).toBe('a');
      break;
    }
    expect(left.aborted).toEqual([1]);
    const both = engine({ pieces: [], then: 'hang' }, { pieces: [], then: 'hang' });
    const abort = new AbortController();
    const reading = read(firstBegun({ ...useful, open: both.open, patience: quick(), signal: abort.signal }));
    setTimeout(() => abort.abort(new Error('interrupted')), 30);
    await expect(reading).rejects.toThrow();
    expect(both.aborted.sort()).toEqual([1, 2]);
  });
});

test('a model that hangs once is asked again, and a voice too', async () => {
  const words = engine({ pieces: [], then: 'hang' }, { pieces: ['I am ', 'well.'], then: 'end' });
  const llm: LanguageModel = { name: 'm', word: (_request, signal) => words.open(signal), close };
  expect((await read(hedgedLanguageModel(llm).word(request, never))).join('')).toBe('I am well.');
  const sounds = engine({ pieces: [], then: 'hang' }, { pieces: ['x'], then: 'end' });
  const tts: TextToSpeech = {
    name: 'v',
    async *speak(_text, signal) {
      for await (const _ of sounds.open(signal)) yield new Int16Array(3);
    },
    close,
  };
  expect(await read(hedgedTextToSpeech(tts).speak('Hi', never))).toEqual([new Int16Array(3)]);
});

describe('an utterance whose words do not come', () => {
  /** One outcome for each recognition: words, a failure, or null for ever. */
  function ears(...outcomes: (string | Error | null)[]) {
    const heard: number[] = [];
    const cancelled = new Set<number>();
    let started = 0;
    const stt: SpeechToText = {
      name: 'ears',
      start(): Recognition {
        const number = started++;
        heard[number] = 0;
        return {
          push: () => (heard[number] = (heard[number] ?? 0) + 1),
          partial: () => `so far ${number}`,
          finish(signal) {
            const outcome = outcomes[number];
            if (outcome instanceof Error) return Promise.reject(outcome);
            return typeof outcome === 'string' ? Promise.resolve(outcome) : hanging(signal);
          },
          cancel: () => void cancelled.add(number),
        };
      },
      close,
    };
    return { stt: hedgedSpeechToText(stt), heard, cancelled };
  }
  const hear = (stt: SpeechToText, frames: number) => {
    const recognition = stt.start();
    for (let n = 0; n < frames; n++) recognition.push(new Int16Array(320));
    return recognition;
  };

  test('is heard again in full over another connection', async () => {
    const { stt, heard, cancelled } = ears(null, 'my name is Maria');
    const recognition = hear(stt, 40);
    expect(recognition.partial?.()).toBe('so far 0');
    expect(await recognition.finish(never)).toBe('my name is Maria');
    expect(heard).toEqual([40, 40]);
    expect([...cancelled].sort()).toEqual([0, 1]);
  });

  test('because the connection broke is heard again at once, and fails as the first did when both break', async () => {
    const once = ears(new Error('cut'), 'hello');
    expect(await hear(once.stt, 5).finish(never)).toBe('hello');
    const twice = ears(new Error('cut'), new Error('cut again'));
    await expect(hear(twice.stt, 5).finish(never)).rejects.toThrow('cut');
  });

  test('is heard once when the words come in time, silence included', async () => {
    const { stt, heard } = ears('');
    expect(await hear(stt, 5).finish(never)).toBe('');
    expect(heard).toEqual([5]);
  });
});
