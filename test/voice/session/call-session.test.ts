import { afterEach, describe, expect, test } from '@jest/globals';
import { ProviderError, type LanguageModel, type TextToSpeech } from '../../../src/voice/ports.js';
import { phrases } from '../../../src/voice/session/phrases.js';
import { eventually } from '../../support/eventually.js';
import {
  agent,
  endTestCalls,
  placeTestCall,
  scriptedEars,
  scriptedModel,
  toneVoice,
} from './support/line.js';

const failingModel = (pieces: string[], error: Error): LanguageModel => ({
  name: 'failing',
  async *word() {
    for (const piece of pieces) yield await Promise.resolve(piece);
    throw error;
  },
  close: () => Promise.resolve(),
});
/** Says nothing until it is aborted, and remembers that it was. */
function stalledModel() {
  const model = {
    name: 'stalled',
    aborted: 0,
    async *word(_request: unknown, signal: AbortSignal): AsyncGenerator<string> {
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      model.aborted += 1;
      yield '';
    },
    close: () => Promise.resolve(),
  };
  return model;
}
/** To see that something does not happen takes real time: longer than the 100 ms that audio is sent ahead. */
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const greeted = async (call: ReturnType<typeof placeTestCall>) => {
  await call.next('reply_done');
  return call;
};

const crisis = { kind: 'emergency', template: 'Please hang up and call 9 1 1 now.' };

afterEach(endTestCalls);

describe('a typed call', () => {
  test('is greeted, answered turn by turn, and ends when the caller hangs up, all of it journalled in order', async () => {
    const call = await greeted(placeTestCall());
    call.session.typed('I fell on ice');
    await call.next('reply_done', 1);
    call.session.end();
    await call.session.finished;
    expect(call.turns().map((t) => [t.number, t.role, t.text, t.input])).toEqual([
      [1, 'agent', 'Hello, this is Acme Law.', 'spoken'],
      [2, 'caller', 'I fell on ice', 'typed'],
      [3, 'agent', 'You said I fell on ice.', 'spoken'],
    ]);
    expect(call.journal.at(-1)).toMatchObject({ kind: 'ended', reason: 'caller_hangup', lastTurn: 3 });
    expect(call.events.at(-1)).toEqual({ type: 'ended', reason: 'caller_hangup' });
    expect(Object.keys(call.timings[0]!).sort()).toEqual([
      'edge',
      'llm',
      'llm_clause',
      'policy',
      'send',
      'total',
    ]);
  });

  test('every engine is told at pickup to make ready', async () => {
    const made: string[] = [];
    const prewarm = (stage: string) => ({
      prewarm: (instructions?: string) => void made.push(`${stage} ${instructions ?? ''}`.trim()),
    });
    placeTestCall({
      stt: { ...scriptedEars([]), ...prewarm('stt') },
      llm: { ...scriptedModel, ...prewarm('llm') },
      tts: { ...toneVoice(), ...prewarm('tts') },
    });
    await eventually(() => made.length === 3, { withinMs: 2_000, what: 'all three' });
    // The model is told what its prompts will begin with.
    expect(made).toEqual(['stt', 'tts', 'llm Be brief.']);
  });

  test('a card number is cut out before it is shown, journalled or given to the policy', async () => {
    const call = await greeted(placeTestCall());
    call.session.typed('my card is 4242 4242 4242 4242');
    await call.next('reply_done', 1);
    const everything = JSON.stringify([call.events, call.journal]);
    expect(everything).not.toContain('4242');
    expect(everything).toContain('card number removed');
  });

  test('an act whose very words matter is spoken as written, without asking the model', async () => {
    const reworder: LanguageModel = {
      name: 'reworder',
      async *word() {
        yield await Promise.resolve('Something else.');
      },
      close: () => Promise.resolve(),
    };
    const strict = { ...agent, reply: () => ({ ...agent.reply([]), act: crisis, verbatim: true }) };
    const call = await greeted(placeTestCall({ llm: reworder, agent: strict }));
    call.session.typed('he is in the house');
    expect(await call.next('reply_done', 1)).toMatchObject({ text: crisis.template });
  });

  test('two turns sent at once are both answered, by one reply to the later one', async () => {
    const call = await greeted(placeTestCall({ tts: toneVoice() }));
    call.session.typed('one');
    call.session.typed('two');
    const done = await call.next('reply_done', 1);
    expect(done).toMatchObject({ turn: 4, text: 'You said one and two.', interrupted: false });
    expect(call.turns().map((t) => t.number)).toEqual([1, 2, 3, 4]);
  });

  test('ends when the agent has said goodbye and it was played', async () => {
    const call = await greeted(placeTestCall({ tts: toneVoice(20) }));
    call.session.typed('bye');
    await call.session.finished;
    expect(call.turns().at(-1)).toMatchObject({ role: 'agent', text: 'Goodbye.' });
    expect(call.journal.at(-1)).toMatchObject({ kind: 'ended', reason: 'agent_closed', lastTurn: 3 });
  });

  test('a line that is lost is journalled as lost, not as ended', async () => {
    const call = await greeted(placeTestCall());
    call.session.dropped();
    call.session.typed('too late');
    await call.session.finished;
    expect(call.journal.map((e) => e.kind)).toEqual(['turn', 'connection_lost']);
  });

  test('a caller who says nothing for long is let go as idle', async () => {
    const call = placeTestCall({ options: { idleLimitMs: 50 } });
    await call.session.finished;
    expect(call.journal.at(-1)).toMatchObject({ kind: 'ended', reason: 'idle' });
  });
});

describe('a spoken call', () => {
  test('hears the utterance with its onset and answers with paced audio', async () => {
    const stt = scriptedEars(['my name is Maria']);
    const call = await greeted(placeTestCall({ stt, tts: toneVoice(20) }));
    const before = call.frames.length;
    call.speak(0, 1_000);
    call.speak(1_000, 600);
    const done = await call.next('reply_done', 1);
    expect(call.turns()[1]).toMatchObject({
      number: 2,
      role: 'caller',
      text: 'my name is Maria',
      input: 'speech',
    });
    expect(done.text).toBe('You said my name is Maria.');
    // 300 ms before detection (80 ms of them voiced), then everything to the likely end, where the words are asked for.
    expect(stt.frames).toEqual([15 + (1_000 - 80 + 180) / 20]);
    const reply = call.frames.slice(before);
    expect(reply).toHaveLength(Math.ceil((26 * 20) / 20));
    const spreadMs = reply.at(-1)!.atMs - reply[0]!.atMs;
    expect(spreadMs).toBeGreaterThan(26 * 20 - 100 - 20 - 5);
  });

  test('a closed question is answered after a shorter silence than an open one', async () => {
    const closed = { ...agent, greeting: () => ({ ...agent.greeting(), expects: 'yes_no' as const }) };
    const call = await greeted(placeTestCall({ stt: scriptedEars(['yes', 'no']), agent: closed }));
    call.speak(400, 360);
    expect(await call.next('heard')).toMatchObject({ text: 'yes' });
    await call.next('reply_done', 1);
    call.speak(400, 580);
    expect(call.events.at(-1)).toEqual({ type: 'speech', state: 'started' });
    call.speak(0, 20);
    expect(call.events.at(-1)).toEqual({ type: 'speech', state: 'stopped' });
  });

  test('a short sound over the agent does not stop it, and nothing of it is taken for an answer', async () => {
    const call = placeTestCall({ stt: scriptedEars(['mm']), tts: toneVoice(40) });
    await eventually(() => call.frames.length >= 10, { withinMs: 3_000, everyMs: 2, what: 'a greeting' });
    call.speak(340, 700);
    expect(await call.next('reply_done')).toMatchObject({ interrupted: false });
    expect(call.turns().map((t) => t.role)).toEqual(['agent']);
  });

  test('every stage is timed and the stages add up to the total', async () => {
    const call = await greeted(placeTestCall({ stt: scriptedEars(['hello']), tts: toneVoice() }));
    call.speak(400, 600);
    await call.next('reply_done', 1);
    const { total, edge, ...parts } = call.timings[0]!;
    const names = ['endpointing', 'llm', 'llm_clause', 'policy', 'send', 'stt', 'tts'];
    expect(Object.keys(parts).sort()).toEqual(names);
    const sum = Object.values(parts).reduce((a, b) => a + b, 0);
    expect(Math.min(...Object.values(parts))).toBeGreaterThanOrEqual(0);
    expect(Math.abs(total! - sum)).toBeLessThan(0.1);
    expect(Math.abs(edge! - parts.policy! - parts.send!)).toBeLessThan(0.1);
    expect(call.timings).toHaveLength(1);
  });

  test('an interruption stops the agent within the frame and only what was heard is kept', async () => {
    const stt = scriptedEars(['wait']);
    const longWinded = {
      ...agent,
      greeting: () => ({
        ...agent.greeting(),
        act: { kind: 'g', template: 'One two three four five six seven eight nine ten.' },
      }),
    };
    const call = placeTestCall({ stt, tts: toneVoice(40), agent: longWinded });
    await eventually(() => call.frames.length >= 30, {
      withinMs: 3_000,
      everyMs: 2,
      what: 'half a second of greeting',
    });
    const sent = call.frames.length;
    call.speak(360, 0);
    await pause(120);
    expect(call.frames).toHaveLength(sent);
    expect(call.events.map((e) => e.type)).toContain('clear');
    const heard = call.turns()[0]!.text;
    expect('One two three four five six seven eight nine ten.'.startsWith(heard)).toBe(true);
    expect(heard.split(' ').length).toBeGreaterThan(1);
    expect(heard.split(' ').length).toBeLessThan(8);
    expect(call.events.find((e) => e.type === 'reply_done')).toMatchObject({
      interrupted: true,
      text: heard,
    });
    call.speak(100, 600);
    await call.next('heard');
    expect(call.turns().map((t) => [t.number, t.role])).toEqual([
      [1, 'agent'],
      [2, 'caller'],
    ]);
  });

  test('a caller who goes on while the agent thinks gets one reply to everything', async () => {
    const model = stalledModel();
    const llm: LanguageModel = {
      ...scriptedModel,
      word: (request, signal) =>
        (request.act.template.includes(' and ') || request.act.kind === 'greeting'
          ? scriptedModel
          : model
        ).word(request, signal),
    };
    const call = await greeted(placeTestCall({ stt: scriptedEars(['first', 'second']), llm }));
    call.speak(400, 600);
    await call.next('heard');
    call.speak(400, 600);
    const done = await call.next('reply_done', 1);
    expect(done).toMatchObject({ turn: 4, text: 'You said first and second.' });
    expect(model.aborted).toBe(1);
    expect(call.errors()).toBe(0);
  });

  test('the agent does not begin to speak while the caller speaks, and does when it was nothing', async () => {
    const slow: LanguageModel = {
      ...scriptedModel,
      async *word(request, signal) {
        await pause(30);
        yield* scriptedModel.word(request, signal);
      },
    };
    const call = await greeted(
      placeTestCall({ stt: scriptedEars(['hello', '']), llm: slow, tts: toneVoice() }),
    );
    const before = call.frames.length;
    call.speak(400, 600);
    await call.next('heard');
    call.speak(400, 0);
    await pause(120);
    expect(call.frames).toHaveLength(before);
    call.speak(0, 600);
    expect((await call.next('reply_done', 1)).text).toBe('You said hello.');
  });

  test('a cough while the agent thinks costs no reply', async () => {
    const stt = scriptedEars(['hello']);
    const call = await greeted(placeTestCall({ stt, tts: toneVoice() }));
    call.speak(400, 600);
    call.speak(80, 600);
    expect((await call.next('reply_done', 1)).text).toBe('You said hello.');
    expect(stt.cancelled).toBe(1);
  });

  test('what cannot be understood is asked again twice, then waited for in silence', async () => {
    const call = await greeted(placeTestCall({ stt: scriptedEars(['', '', '', 'hello']) }));
    for (let n = 1; n <= 2; n++) {
      call.speak(400, 600);
      expect((await call.next('reply_done', n)).text).toBe(
        phrases.notHeard.split('. ')[0] ? phrases.notHeard : '',
      );
    }
    call.speak(400, 600);
    call.speak(400, 600);
    expect((await call.next('reply_done', 3)).text).toBe('You said hello.');
  });

  test('words still being recognised when the caller hangs up are not lost', async () => {
    const call = await greeted(placeTestCall({ stt: scriptedEars(['call me back']) }));
    call.speak(400, 100);
    call.session.end();
    await call.session.finished;
    expect(call.turns().at(-1)).toMatchObject({ role: 'caller', text: 'call me back' });
    expect(call.journal.at(-1)).toMatchObject({ kind: 'ended', lastTurn: 2 });
  });

  test('a client that stops sending frames in mid-utterance is answered all the same', async () => {
    const call = await greeted(placeTestCall({ stt: scriptedEars(['hello']) }));
    call.speak(400, 0);
    expect((await call.next('reply_done', 1)).text).toBe('You said hello.');
  });

  test('audio to a call without recognition is refused once and typed turns still work', async () => {
    const call = await greeted(placeTestCall());
    call.speak(400, 600);
    call.session.typed('hi');
    await call.next('reply_done', 1);
    expect(call.events.filter((e) => e.type === 'error')).toMatchObject([{ code: 'no_speech_engine' }]);
  });
});

describe('when a provider fails', () => {
  const down = new ProviderError('llm', 'unavailable', 'connection refused');

  test('a dead model hands over to the template inside the same turn', async () => {
    const call = placeTestCall({ llm: failingModel([], down) });
    expect((await call.next('reply_done')).text).toBe('Hello, this is Acme Law.');
    expect(call.errors()).toBe(1);
  });

  test('a model that dies in mid-sentence keeps what was said and still conveys the act', async () => {
    const call = placeTestCall({ llm: failingModel(['Good morning. ', 'This is Ac'], down) });
    expect((await call.next('reply_done')).text).toBe('Good morning. Hello, this is Acme Law.');
  });

  test('a model that never answers is cut off and replaced', async () => {
    const llm = stalledModel();
    const call = placeTestCall({ llm, options: { llmFirstPieceTimeoutMs: 40 } });
    expect((await call.next('reply_done')).text).toBe('Hello, this is Acme Law.');
    expect(llm.aborted).toBe(1);
    expect(call.errors()).toBe(1);
  });

  test('words the filter refuses are never said', async () => {
    const call = placeTestCall({
      llm: failingModel(['You will win this. ', 'Trust me. '], down),
      filter: (clause) => !clause.includes('win'),
    });
    expect((await call.next('reply_done')).text).toBe('Hello, this is Acme Law.');
  });

  test('a runaway model is cut at the limit', async () => {
    const llm: LanguageModel = {
      name: 'runaway',
      async *word() {
        for (;;) yield await Promise.resolve('and so on ');
      },
      close: () => Promise.resolve(),
    };
    const call = placeTestCall({ llm, options: { maxReplyChars: 500 } });
    expect((await call.next('reply_done')).text.length).toBeLessThanOrEqual(500);
  });

  test('a failing recogniser is confessed, typing is offered, and the call goes on', async () => {
    const broken = new ProviderError('stt', 'unavailable', 'gone');
    const call = await greeted(placeTestCall({ stt: scriptedEars([broken, 'hello']) }));
    call.speak(400, 600);
    expect((await call.next('reply_done', 1)).text).toBe(phrases.recogniserFailed);
    expect(call.events.find((e) => e.type === 'error')).toMatchObject({ code: 'provider_failed' });
    call.speak(400, 600);
    expect((await call.next('reply_done', 2)).text).toBe('You said hello.');
    expect(call.errors()).toBe(1);
  });

  test('a recogniser that never finishes is given up on', async () => {
    const stt = scriptedEars([]);
    const mute = {
      ...stt,
      start: () => ({ ...stt.start(), finish: () => new Promise<string>(() => undefined) }),
    };
    const call = await greeted(placeTestCall({ stt: mute, options: { sttTimeoutMs: 40 } }));
    call.speak(400, 600);
    expect((await call.next('reply_done', 1)).text).toBe(phrases.recogniserFailed);
  });

  test('without a voice the reply arrives as text, in full, with an error frame', async () => {
    const tts: TextToSpeech = {
      name: 'hoarse',
      async *speak(_text) {
        yield await Promise.resolve(new Int16Array(320));
        throw new ProviderError('tts', 'unavailable', 'gone');
      },
      close: () => Promise.resolve(),
    };
    const call = placeTestCall({ tts });
    expect((await call.next('reply_done')).text).toBe('Hello, this is Acme Law.');
    expect(call.events.find((e) => e.type === 'error')).toMatchObject({ code: 'provider_failed' });
    expect(call.frames).toHaveLength(1);
  });

  test('a defect in the agent is survived and counted', async () => {
    const call = await greeted(
      placeTestCall({
        agent: {
          ...agent,
          reply: () => {
            throw new Error('bug');
          },
        },
      }),
    );
    call.session.typed('hello');
    expect((await call.next('reply_done', 1)).text).toBe(phrases.lost);
    expect(call.errors()).toBe(1);
  });
});
