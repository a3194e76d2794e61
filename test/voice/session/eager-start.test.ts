/** Answers prepared before it is certain that the caller has finished. */
import { afterEach, describe, expect, test } from '@jest/globals';
import type { LanguageModel, Recognition, SpeechToText } from '../../../src/voice/ports.js';
import { eventually } from '../../support/eventually.js';
import { agent, endTestCalls, placeTestCall, scriptedModel, toneVoice } from './support/line.js';

/** Tells words while it listens and others when it has finished: one pair for each recognition. */
function ears(answers: readonly [early: string, final: string][]) {
  const began: Recognition[] = [];
  const over = new Set<Recognition>();
  const stt: SpeechToText = {
    name: 'ears',
    start() {
      const [early, final] = answers[began.length] ?? ['', ''];
      const recognition: Recognition = {
        push: () => undefined,
        partial: () => early,
        finish: () => {
          over.add(recognition);
          return Promise.resolve(final);
        },
        cancel: () => void over.add(recognition),
      };
      began.push(recognition);
      return recognition;
    },
    close: () => Promise.resolve(),
  };
  return { stt, leftOpen: () => began.filter((recognition) => !over.has(recognition)).length };
}

/** The scripted model, and the requests it was asked and those that were aborted before their end. */
function watchedModel() {
  const seen = { asked: [] as string[], aborted: [] as string[] };
  const llm: LanguageModel = {
    ...scriptedModel,
    async *word(request, signal) {
      const { template } = request.act;
      seen.asked.push(template);
      let finished = false;
      signal.addEventListener('abort', () => !finished && seen.aborted.push(template));
      yield* scriptedModel.word(request, signal);
      // Upstream is still open: only who aborts ends it.
      if (template === 'You said SLOW.') await new Promise(() => undefined);
      finished = true;
    },
  };
  return { llm, seen };
}

/** Who speaks before that interrupts it. */
const greetingPlayed = ({ frames }: ReturnType<typeof placeTestCall>) =>
  eventually(() => performance.now() - (frames.at(-1)?.atMs ?? Infinity) > 100, {
    withinMs: 3_000,
    everyMs: 5,
    what: 'the end of the greeting',
  });

async function placed(answers: readonly [string, string][]) {
  const { stt, leftOpen } = ears(answers);
  const { llm, seen } = watchedModel();
  const call = placeTestCall({ stt, llm, tts: toneVoice() });
  await call.next('reply_done');
  await greetingPlayed(call);
  seen.asked.length = 0;
  return { call, seen, leftOpen };
}

const asked = (seen: { asked: string[] }, count: number) =>
  eventually(() => seen.asked.length >= count, { withinMs: 3_000, everyMs: 2, what: `${count} requests` });

afterEach(endTestCalls);

describe('an answer that is prepared at the likely end', () => {
  test('is begun with the words at hand, and nothing of it is sent or journalled before the end is certain', async () => {
    const { call, seen } = await placed([['i need help', 'I need help.']]);
    const before = { frames: call.frames.length, events: call.events.length };
    call.speak(400, 580);
    await asked(seen, 1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(seen.asked).toEqual(['You said i need help.']);
    expect(call.frames).toHaveLength(before.frames);
    expect(call.events.slice(before.events)).toEqual([{ type: 'speech', state: 'started' }]);
    expect(call.turns()).toHaveLength(1);
    call.speak(0, 20);
    expect(await call.next('reply_done', 1)).toMatchObject({
      text: 'You said i need help.',
      speculation: { outcome: 'hit', wasted: 0, wastedChars: 0 },
    });
    expect(call.turns()[1]).toMatchObject({ role: 'caller', text: 'I need help.' });
    expect(seen.asked).toHaveLength(1);
  });

  test('is prepared anew when the final words are others, and the first is counted as wasted', async () => {
    const { call, seen } = await placed([['i need', 'I need a lawyer.']]);
    call.speak(400, 300);
    await asked(seen, 2);
    call.speak(0, 300);
    expect(await call.next('reply_done', 1)).toMatchObject({
      text: 'You said I need a lawyer..',
      speculation: { outcome: 'hit', wasted: 1 },
    });
    expect(seen.asked).toEqual(['You said i need.', 'You said I need a lawyer..']);
    expect(seen.aborted).toContain('You said i need.');
  });

  test('is not begun with words at hand that have been wrong twice', async () => {
    const { call, seen } = await placed([
      ['one', 'One two.'],
      ['three', 'Three four.'],
      ['five', 'Five six.'],
    ]);
    for (let n = 1; n <= 3; n++) {
      call.speak(400, 600);
      await call.next('reply_done', n);
    }
    const wrong = seen.asked.filter((text) => /(one|three|five)\.$/.test(text));
    expect(wrong).toHaveLength(2);
    expect(call.speculations.map((s) => [s.outcome, s.wasted])).toEqual([
      ['hit', 1],
      ['hit', 1],
      ['hit', 0],
    ]);
  });

  test('is thrown away when the caller goes on: its upstream work is aborted and no recognition stays open', async () => {
    const { call, seen, leftOpen } = await placed([
      ['SLOW', 'SLOW'],
      ['and more', 'and more'],
    ]);
    call.speak(400, 300);
    await asked(seen, 1);
    call.speak(400, 600);
    const done = await call.next('reply_done', 1);
    expect(done.text).toBe('You said SLOW and more.');
    expect(seen.aborted[0]).toBe('You said SLOW.');
    expect(done.speculation).toMatchObject({ outcome: 'hit', wasted: 1 });
    expect(leftOpen()).toBe(0);
    expect(call.turns().map((t) => t.text)).toEqual([
      'Hello, this is Acme Law.',
      'SLOW and more',
      'You said SLOW and more.',
    ]);
  });

  test('is thrown away when the caller types or hangs up instead', async () => {
    const { call, seen, leftOpen } = await placed([['SLOW', 'SLOW']]);
    call.speak(400, 300);
    await asked(seen, 1);
    call.session.end();
    await call.session.finished;
    expect(seen.aborted).toEqual(['You said SLOW.']);
    expect(call.turns().at(-1)).toMatchObject({ role: 'caller', text: 'SLOW' });
    expect(leftOpen()).toBe(0);
  });

  test('which died of a defect before its time is replaced by one made in the normal way', async () => {
    const { stt } = ears([['help', 'help']]);
    let requests = 0;
    const broken = {
      ...agent,
      reply: (turns: Parameters<typeof agent.reply>[0]) => {
        requests += 1;
        const turn = agent.reply(turns);
        // No template at all is a defect of the policy: the reply ends before it begins.
        return requests === 1 ? { ...turn, verbatim: true, act: { ...turn.act, template: '' } } : turn;
      },
    };
    const call = placeTestCall({ stt, agent: broken, tts: toneVoice() });
    await call.next('reply_done');
    call.speak(400, 300);
    await eventually(() => requests === 1, { withinMs: 3_000, what: 'the eager start' });
    await new Promise((resolve) => setImmediate(resolve));
    call.speak(0, 300);
    expect((await call.next('reply_done', 1)).text).toBe('You said help.');
  });

  test('is not begun while the process is short of power', async () => {
    const { stt } = ears([['help', 'help']]);
    const { llm, seen } = watchedModel();
    const call = placeTestCall({ stt, llm, tts: toneVoice(), mayPrepareEarly: () => false });
    await call.next('reply_done');
    call.speak(400, 580);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(seen.asked).toHaveLength(1);
    call.speak(0, 20);
    expect(await call.next('reply_done', 1)).toMatchObject({ speculation: { outcome: 'none', wasted: 0 } });
  });
});
