/** The caller speaks while the agent does: what stops it, what does not, and what is left upstream. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createOpenAiLanguageModel } from '../../../src/voice/providers/openai/language-model.js';
import { createOpenAiTextToSpeech } from '../../../src/voice/providers/openai/text-to-speech.js';
import type { LanguageModel } from '../../../src/voice/ports.js';
import { eventually } from '../../support/eventually.js';
import { apiKey, startOpenAi, type RunningOpenAi } from '../../standins/openai/running.js';
import { phrases } from '../../../src/voice/session/phrases.js';
import {
  agent,
  endTestCalls,
  placeTestCall,
  scriptedEars,
  scriptedModel,
  toneVoice,
  type TestCall,
} from './support/line.js';

const SENTENCE = 'One two three four five. Six seven eight nine ten.';
const longWinded = {
  ...agent,
  greeting: () => ({ ...agent.greeting(), act: { kind: 'greeting', template: SENTENCE } }),
};

/** 40 ms of sound a character: after so many frames the agent is in mid-sentence. */
const spoken = (call: TestCall, frames = 40) =>
  eventually(() => call.frames.length >= frames, { withinMs: 3_000, everyMs: 2, what: 'the agent' });

const place = (words: (string | Error)[], llm?: LanguageModel) =>
  placeTestCall({ stt: scriptedEars(words), tts: toneVoice(40), agent: longWinded, ...(llm && { llm }) });

afterEach(endTestCalls);

describe('what stopped the agent and was nothing', () => {
  test.each([
    ['a cough', ''],
    ['an "mm-hm"', 'Mm-hm.'],
  ])(
    '%s: the agent goes on with the word at which it stopped, and no turn is made of it',
    async (_, words) => {
      const call = place([words]);
      await spoken(call);
      call.speak(400, 0);
      const stopped = await call.next('reply_done');
      call.speak(0, 600);
      const resumed = await call.next('reply_done', 1);
      expect(stopped.interrupted).toBe(true);
      expect(stopped.text.split(' ').length).toBeGreaterThan(1);
      expect(resumed).toMatchObject({ interrupted: false });
      expect(`${stopped.text} ${resumed.text}`).toBe(SENTENCE);
      expect(call.turns().map((t) => t.role)).toEqual(['agent', 'agent']);
      expect(call.events.filter((e) => e.type === 'unheard')).toHaveLength(1);
      // Nobody waited for it: it is no response.
      expect(call.timings).toEqual([]);
    },
  );

  test('it may do so twice in one sentence', async () => {
    const call = place(['', '']);
    for (let n = 0; n < 2; n++) {
      const sent = call.frames.length;
      await spoken(call, sent + 20);
      call.speak(400, 600);
    }
    await call.next('reply_done', 2);
    expect(
      call
        .turns()
        .map((t) => t.text)
        .join(' '),
    ).toBe(SENTENCE);
  });

  test('what the model had not worded to its end is worded anew, knowing what was heard', async () => {
    const histories: number[] = [];
    const llm: LanguageModel = {
      ...scriptedModel,
      async *word({ history, act }, signal) {
        histories.push(history.length);
        yield* scriptedModel.word({ instructions: '', history, act }, signal);
        if (histories.length === 1) await new Promise(() => undefined);
      },
    };
    const call = place([''], llm);
    // The last clause of a stream that hangs is never known to be whole.
    await spoken(call);
    call.speak(400, 600);
    expect((await call.next('reply_done', 1)).text).toBe(SENTENCE);
    expect(histories).toEqual([0, 1]);
  });
});

describe('what stopped the agent and was meant', () => {
  test('words are answered, and the agent does not go on', async () => {
    const call = place(['wait a moment', '']);
    await spoken(call);
    call.speak(400, 600);
    expect((await call.next('reply_done', 1)).text).toBe('You said wait a moment.');
    call.speak(0, 1_000);
    call.speak(400, 600);
    expect((await call.next('reply_done', 2)).text).not.toContain('ten');
  });

  test('who silences the agent at the far end is not told the rest after a cough', async () => {
    const call = place(['']);
    await spoken(call);
    call.session.hush();
    call.speak(400, 600);
    expect((await call.next('reply_done', 1)).text).toBe(phrases.notHeard);
  });

  test('a recogniser that fails is apologised for: there may have been words', async () => {
    const call = place([new Error('gone')]);
    await spoken(call);
    call.speak(400, 600);
    expect((await call.next('reply_done', 1)).text).toBe(phrases.recogniserFailed);
  });
});

describe('upstream', () => {
  let openai: RunningOpenAi;
  beforeAll(async () => {
    openai = await startOpenAi();
  });
  afterAll(() => openai.close());

  test('an interruption aborts the model and the voice at their servers', async () => {
    const endpoint = { baseUrl: openai.baseUrl, apiKey };
    const llm = createOpenAiLanguageModel({ ...endpoint, model: 'gpt-6-luna' });
    const tts = await createOpenAiTextToSpeech({ ...endpoint, model: 'gpt-4o-mini-tts', voice: 'alloy' });
    // Slow enough that both are still at work when the caller interrupts.
    await openai.control.configure({ chat: { gapMs: 200 }, speech: { gapMs: 30 } });
    const call = placeTestCall({ stt: scriptedEars(['wait']), llm, tts, agent: longWinded });
    await spoken(call, 10);
    call.speak(400, 0);
    await openai.streamsBecome({ open: 0, aborted: 2, finished: 0 });
    await openai.control.configure({ chat: {}, speech: {} });
    call.speak(0, 600);
    expect((await call.next('reply_done', 1)).text).toBe('You said wait.');
    call.session.end();
    await call.session.finished;
    await Promise.all([llm.close(), tts.close()]);
  });
});
