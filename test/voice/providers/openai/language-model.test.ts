import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { LanguageModel } from '../../../../src/voice/ports.js';
import { createOpenAiLanguageModel } from '../../../../src/voice/providers/openai/language-model.js';
import { apiKey, startOpenAi, type RunningOpenAi } from '../../../standins/openai/running.js';
import { all, failureOf, never } from './support.js';

type Api = 'chat' | 'responses';
const apis = [
  ['the chat API', 'chat', '/v1/chat', 'completion', 1],
  ['the responses API', 'responses', '/v1/responses', 'response', 4],
] as const satisfies [string, Api, string, string, number][];

let openai: RunningOpenAi;
beforeAll(async () => {
  openai = await startOpenAi();
});
afterAll(() => openai.close());

describe.each(apis)('%s', (_name, api, path, record, preamble) => {
  /** So many events until one piece of text has come. */
  const begun = preamble + 1;
  let llm: LanguageModel;
  /** Short limits, for tests of the limits. */
  let hasty: LanguageModel;

  beforeAll(() => {
    const options = { baseUrl: openai.baseUrl, apiKey, model: 'gpt-6-luna', api };
    llm = createOpenAiLanguageModel(options);
    hasty = createOpenAiLanguageModel({ ...options, firstTokenTimeoutMs: 300, stallTimeoutMs: 300 });
  });
  beforeEach(() => openai.rest());
  afterAll(async () => {
    await Promise.all([llm.close(), hasty.close()]);
  });

  const template = 'May I have your full name, please?';
  const secret = 'my husband';
  const request = {
    instructions: 'You answer for Hart & Cole.',
    history: [{ role: 'caller' as const, text: `Hello, ${secret} hit me.` }],
    act: { kind: 'ask_name', template },
  };
  const words = (signal: AbortSignal = never) => all(llm.word(request, signal));
  const failing = (kind: string) => all((kind === 'timeout' ? hasty : llm).word(request, never));

  describe('wording', () => {
    test('comes in pieces, as the template says', async () => {
      const pieces = await words();
      expect(pieces.length).toBeGreaterThan(3);
      expect(pieces.join('')).toBe(template);
    });

    test('asks with the instructions first, the caller last and one system message', async () => {
      await words();
      const [asked] = await openai.control.created(record);
      expect(asked).toMatchObject({ model: 'gpt-6-luna', messages: [{ role: 'system' }, { role: 'user' }] });
    });

    test('survives characters cut in two by the network', async () => {
      await openai.control.configure({ writeBytes: 3 });
      await openai.control.completions('María, señor — naïve 😀 façade.');
      expect((await words()).join('')).toBe('María, señor — naïve 😀 façade.');
    });

    test('gives the first piece before the last has been made', async () => {
      await openai.control.configure({ chat: { gapMs: 100 } });
      const stream = llm.word(request, never)[Symbol.asyncIterator]();
      await stream.next();
      expect(await openai.control.streams()).toMatchObject({ open: 1, finished: 0 });
      await stream.return?.();
    });
  });

  test('a reasoning model is told not to reason, unless the server would refuse that', async () => {
    const options = { baseUrl: openai.baseUrl, apiKey, model: 'gpt-6-luna', api, reasoningEffort: null };
    const plain = createOpenAiLanguageModel(options);
    await words();
    await all(plain.word(request, never));
    await plain.close();
    const asked = await openai.control.created(record);
    expect(asked.map(({ reasoningEffort }) => reasoningEffort)).toEqual(['none', null]);
  });

  describe('cancelling', () => {
    test('by the signal rejects with its reason and ends the request upstream', async () => {
      await openai.control.streamFault({ route: api, kind: 'stall', afterChunks: begun });
      const hangUp = new AbortController();
      const stream = llm.word(request, hangUp.signal)[Symbol.asyncIterator]();
      await stream.next();
      await openai.streamsBecome({ open: 1 });
      const pending = stream.next();
      hangUp.abort(new Error('barge-in'));
      await expect(pending).rejects.toThrow('barge-in');
      await openai.streamsBecome({ open: 0, aborted: 1 });
    });

    test('while nobody reads ends the request upstream all the same', async () => {
      await openai.control.streamFault({ route: api, kind: 'stall', afterChunks: begun });
      const hangUp = new AbortController();
      const stream = llm.word(request, hangUp.signal)[Symbol.asyncIterator]();
      await stream.next();
      hangUp.abort(new Error('barge-in'));
      await openai.streamsBecome({ open: 0, aborted: 1 });
      await expect(stream.next()).rejects.toThrow('barge-in');
    });

    test('by reading no further ends the request upstream', async () => {
      await openai.control.streamFault({ route: api, kind: 'stall', afterChunks: begun + 1 });
      for await (const piece of llm.word(request, never)) {
        expect(piece).not.toBe('');
        break;
      }
      await openai.streamsBecome({ open: 0, aborted: 1 });
    });

    test('before the start asks nothing', async () => {
      await expect(words(AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
      expect((await openai.control.ledger()).requests).toEqual([]);
    });
  });

  describe('failures', () => {
    test.each([
      [{ kind: 'rate_limited', retryAfterSeconds: 30 }, 'unavailable'],
      [{ kind: 'status', status: 500 }, 'unavailable'],
      [{ kind: 'status', status: 503 }, 'unavailable'],
      [{ kind: 'status', status: 400 }, 'refused'],
      [
        {
          kind: 'status',
          status: 429,
          body: { error: { message: 'pay', type: 'x', code: 'insufficient_quota' } },
        },
        'refused',
      ],
      [{ kind: 'html', status: 502 }, 'unavailable'],
      [{ kind: 'cut' }, 'unavailable'],
      [{ kind: 'stall' }, 'timeout'],
      [{ kind: 'latency', ms: 600 }, 'timeout'],
    ] as const)('%j is %s', async (effect, kind) => {
      await openai.control.fault({ match: { path }, effect });
      expect(await failureOf(failing(kind), { secret })).toEqual({ stage: 'llm', kind });
      expect((await openai.control.ledger()).requests).toHaveLength(1);
    });

    test.each([
      ['cut', 'unavailable'],
      ['garbage', 'garbage'],
      ['end', 'garbage'],
      ['stall', 'timeout'],
    ] as const)('a stream that ends in %s is %s', async (fault, kind) => {
      await openai.control.streamFault({ route: api, kind: fault, afterChunks: begun + 1 });
      expect(await failureOf(failing(kind), { secret })).toEqual({ stage: 'llm', kind });
    });

    test('a server that is connected, keeps alive and says nothing useful is a timeout, and is let go', async () => {
      await openai.control.streamFault({ route: api, kind: 'stall', afterChunks: 1 });
      expect(await failureOf(failing('timeout'))).toEqual({ stage: 'llm', kind: 'timeout' });
      await openai.streamsBecome({ open: 0, aborted: 1 });
    });

    test('an answer that was cut at the token limit is garbage', async () => {
      await openai.control.completions('word '.repeat(400));
      expect(await failureOf(words())).toEqual({ stage: 'llm', kind: 'garbage' });
    });

    test('no text and a tool call are garbage, a refusal is refused', async () => {
      await openai.control.completions('', { toolCalls: [{ name: 'f', arguments: {} }] }, { refusal: 'No.' });
      expect(await failureOf(words())).toEqual({ stage: 'llm', kind: 'garbage' });
      expect(await failureOf(words())).toEqual({ stage: 'llm', kind: 'garbage' });
      expect(await failureOf(words())).toEqual({ stage: 'llm', kind: 'refused' });
    });

    test.each([
      [{ apiKey: 'sk-wrong' }, 'refused'],
      [{ apiKey: undefined }, 'refused'],
      [{ model: 'gpt-2' }, 'refused'],
      [{ baseUrl: 'http://127.0.0.1:1/v1' }, 'unavailable'],
    ] as const)('with %j it is %s', async (wrong, kind) => {
      const other = createOpenAiLanguageModel({
        baseUrl: openai.baseUrl,
        apiKey,
        model: 'gpt-6-luna',
        api,
        ...wrong,
      });
      expect(await failureOf(all(other.word(request, never)))).toEqual({ stage: 'llm', kind });
      await other.close();
    });

    test('after a failure the next wording works', async () => {
      await openai.control.streamFault({ route: api, kind: 'cut', afterChunks: begun });
      await failureOf(words());
      expect((await words()).join('')).toBe(template);
    });
  });

  test('the time the reader takes counts against nobody', async () => {
    const pieces: string[] = [];
    for await (const piece of hasty.word(request, never)) {
      pieces.push(piece);
      if (pieces.length === 1) await new Promise((resolve) => setTimeout(resolve, 500));
    }
    expect(pieces.join('')).toBe(template);
  });

  test('closing ends running requests and every socket', async () => {
    const other = createOpenAiLanguageModel({ baseUrl: openai.baseUrl, apiKey, model: 'gpt-6-luna', api });
    await all(other.word(request, never));
    await openai.control.streamFault({ route: api, kind: 'stall' });
    const running = all(other.word(request, never));
    await openai.streamsBecome({ open: 1 });
    const before = (await openai.control.streams()).connections;
    await other.close();
    expect(await failureOf(running)).toEqual({ stage: 'llm', kind: 'unavailable' });
    await openai.streamsBecome({ open: 0, connections: before - 1 });
  });
});
