import { afterEach, expect, test } from '@jest/globals';
import { ProviderError, type LanguageModel, type TextToSpeech } from '../../../src/voice/ports.js';
import { Floor } from '../../../src/voice/session/floor.js';
import type { CallerEvent, Playback } from '../../../src/voice/session/link.js';
import { spare } from '../../../src/voice/session/phrases.js';
import { Standby } from '../../../src/voice/session/standby.js';
import { eventually } from '../../support/eventually.js';
import {
  endTestCalls,
  placeTestCall,
  scriptedEars,
  scriptedModel,
  toneVoice,
  type TestCall,
} from './support/line.js';

afterEach(endTestCalls);

/** Frames of audio made beforehand are told from spoken ones by their value. */
const SPARE = 7;
const PHRASE_FRAMES = 10;
const audio = { audioOf: () => new Int16Array(320 * PHRASE_FRAMES).fill(SPARE) };
const isSpare = ({ frame }: { frame: Int16Array }): boolean => frame[0] === SPARE;

const never = <T>(): Promise<T> => new Promise<T>(() => undefined);
const muteModel: LanguageModel = {
  ...scriptedModel,
  async *word(request, signal) {
    if (request.act.kind !== 'greeting') await never();
    yield* scriptedModel.word(request, signal);
  },
};
const deadVoice: TextToSpeech = {
  ...toneVoice(),
  // eslint-disable-next-line require-yield -- fails before the first sound
  async *speak() {
    await Promise.resolve();
    throw new ProviderError('tts', 'unavailable', 'It is down.');
  },
};
const muteVoice: TextToSpeech = {
  ...toneVoice(),
  // eslint-disable-next-line require-yield -- connected, and not one sound
  async *speak() {
    await never();
  },
};
const slowModel = (ms: number): LanguageModel => ({
  ...scriptedModel,
  async *word(request, signal) {
    if (request.act.kind !== 'greeting') await new Promise((resolve) => setTimeout(resolve, ms));
    yield* scriptedModel.word(request, signal);
  },
});

/** The greeting is over and the caller has said something. */
async function asked(call: TestCall): Promise<number> {
  await call.next('reply_done');
  await eventually(() => call.frames.length > 0, { withinMs: 5_000, what: 'the greeting' });
  await new Promise((resolve) => setTimeout(resolve, 250));
  const before = call.frames.length;
  call.speak(400, 700);
  return before;
}
const untilFrames = (call: TestCall, more: number): Promise<true> =>
  eventually(() => call.frames.length >= more, { withinMs: 8_000, everyMs: 5, what: `${more} frames` });

test('a slow model is bridged by a filler, and the reply begins when the filler has been played', async () => {
  const call = placeTestCall({
    stt: scriptedEars(['hi']),
    llm: slowModel(100),
    tts: toneVoice(),
    spare: audio,
    options: { fillerMs: 60 },
  });
  const before = await asked(call);
  await call.next('reply_done', 1);
  const heard = call.frames.slice(before);
  expect(heard.slice(0, PHRASE_FRAMES).every(isSpare)).toBe(true);
  expect(heard.slice(PHRASE_FRAMES).some(isSpare)).toBe(false);
  expect(heard.length).toBeGreaterThan(PHRASE_FRAMES);
  const last = heard[PHRASE_FRAMES];
  expect((last?.atMs ?? 0) - (heard[0]?.atMs ?? 0)).toBeGreaterThanOrEqual(PHRASE_FRAMES * 20 - 5);
});

test('what was heard of a filler stands in the transcript, at the beginning of the turn it went before', async () => {
  const call = placeTestCall({
    stt: scriptedEars(['hi']),
    llm: slowModel(100),
    tts: toneVoice(),
    spare: audio,
    options: { fillerMs: 60 },
  });
  await asked(call);
  await call.next('reply_done', 1);
  expect(call.turns().map(({ number, text }) => ({ number, text }))).toEqual([
    { number: 1, text: 'Hello, this is Acme Law.' },
    { number: 2, text: 'hi' },
    { number: 3, text: `${spare.fillers[0]} You said hi.` },
  ]);
});

test('an answer in time is preceded by no filler', async () => {
  const call = placeTestCall({
    stt: scriptedEars(['hi']),
    tts: toneVoice(),
    spare: audio,
    options: { fillerMs: 2_000 },
  });
  await asked(call);
  await call.next('reply_done', 1);
  expect(call.frames.some(isSpare)).toBe(false);
});

test('a caller who talks over a filler stops it and is understood', async () => {
  const call = placeTestCall({
    stt: scriptedEars(['hi', 'wait']),
    llm: muteModel,
    tts: toneVoice(),
    spare: { audioOf: () => new Int16Array(320 * 500).fill(SPARE) },
    options: { fillerMs: 10, llmFirstPieceTimeoutMs: 600 },
  });
  const before = await asked(call);
  await untilFrames(call, before + 1);
  call.speak(600, 0);
  await call.next('clear');
  const stoppedAt = call.frames.length;
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(call.frames.length).toBe(stoppedAt);
  call.speak(0, 1_400);
  await eventually(() => call.turns().find(({ text }) => text === 'wait'), {
    withinMs: 5_000,
    what: 'the words',
  });
});

test('no provider that hangs leaves a caller in silence for 5 s: something is heard within 3 s', async () => {
  const mute = { push: () => undefined, finish: () => never<string>(), cancel: () => undefined };
  const muteEars = { name: 'mute', start: () => mute, close: () => Promise.resolve() };
  const silences = await Promise.all(
    [
      { stt: muteEars, tts: toneVoice() },
      { stt: scriptedEars(['hi']), llm: muteModel, tts: toneVoice() },
      { stt: scriptedEars(['hi']), tts: { ...muteVoice, speak: afterGreeting(muteVoice) } },
    ].map(async (providers) => {
      const call = placeTestCall({ ...providers, spare: audio });
      const before = await asked(call);
      const endedAtMs = performance.now();
      await untilFrames(call, before + 1);
      return (call.frames[before]?.atMs ?? Infinity) - endedAtMs;
    }),
  );
  for (const ms of silences) expect(ms).toBeLessThan(3_000);
}, 20_000);

/** The greeting is spoken; nothing after it is. */
function afterGreeting(then: TextToSpeech): TextToSpeech['speak'] {
  const voice = toneVoice();
  return (text, signal) => (text.startsWith('Hello') ? voice : then).speak(text, signal);
}

test('a dead voice is explained once; later turns are acknowledged; when it is back and dies again it is told again', async () => {
  const said: string[] = [];
  const book = {
    audioOf(text: string) {
      if (!sparePhrase(text)) return undefined;
      said.push(text);
      return new Int16Array(320).fill(SPARE);
    },
  };
  let dead = true;
  const voice = toneVoice();
  const tts: TextToSpeech = {
    ...voice,
    speak: (text, signal) => (dead && !text.startsWith('Hello') ? deadVoice : voice).speak(text, signal),
  };
  const call = placeTestCall({ stt: null, tts, spare: book });
  await call.next('reply_done', 0);
  const turn = async (nth: number) => {
    call.session.typed('hello');
    await call.next('reply_done', nth);
    await new Promise((resolve) => setTimeout(resolve, 60));
  };
  await turn(1);
  await turn(2);
  expect(said).toEqual([spare.voiceless, spare.noted]);
  expect(call.events.filter(({ type }) => type === 'error')).toHaveLength(1);
  dead = false;
  await turn(3);
  dead = true;
  await turn(4);
  expect(said).toEqual([spare.voiceless, spare.noted, spare.voiceless]);
  expect(call.events.filter(({ type }) => type === 'error')).toHaveLength(2);
});
const sparePhrase = (text: string): boolean => text === spare.voiceless || text === spare.noted;

test('a greeting that cannot be spoken is heard from audio made beforehand, and stands in the transcript once', async () => {
  const greeting = 'Hello, this is Acme Law.';
  const book = {
    audioOf: (text: string) => (text === greeting ? new Int16Array(640).fill(SPARE) : undefined),
  };
  const call = placeTestCall({ tts: deadVoice, spare: book });
  await untilFrames(call, 2);
  expect(call.frames.every(isSpare)).toBe(true);
  call.session.end();
  await call.session.finished;
  expect(call.turns().map(({ text }) => text)).toEqual([greeting]);
});

test('a call that ends during a filler keeps what was heard of it', async () => {
  const call = placeTestCall({
    stt: scriptedEars(['hi']),
    llm: muteModel,
    tts: toneVoice(),
    spare: { audioOf: () => new Int16Array(320 * 50).fill(SPARE) },
    options: { fillerMs: 10, llmFirstPieceTimeoutMs: 60_000 },
  });
  const before = await asked(call);
  // Without a report of what was played, the clock counts: 33 frames are two thirds of the three words.
  await untilFrames(call, before + 45);
  call.session.end();
  await call.session.finished;
  expect(call.turns().at(-1)).toMatchObject({ role: 'agent', text: 'One moment,' });
});

test('repeated deafness is explained once, and then only asked to try again', async () => {
  const lost = () => new ProviderError('stt', 'timeout', 'Nothing.');
  const call = placeTestCall({ stt: scriptedEars([lost(), lost(), 'hi', lost()]), tts: toneVoice(0.5) });
  await call.next('reply_done', 0);
  const replies: string[] = [];
  for (let nth = 1; nth <= 4; nth += 1) {
    await new Promise((resolve) => setTimeout(resolve, 150));
    call.speak(400, 1_300);
    replies.push((await call.next('reply_done', nth)).text);
  }
  expect(replies.map((text) => text.slice(0, 12))).toEqual([
    'I am sorry, ',
    'I still coul',
    'You said hi.',
    'I am sorry, ',
  ]);
  expect(call.events.filter(({ type }) => type === 'error')).toHaveLength(2);
}, 20_000);

test('where the far end reports what it played, the reply’s account begins behind the filler', () => {
  let sent = 0;
  const opened: number[] = [];
  const open = (): Playback => {
    opened.push(sent);
    return { playedFrames: () => 0, reached: () => never(), lateMs: 0 };
  };
  const link = { sendFrame: () => void (sent += 1), send: (_: CallerEvent) => undefined, openPlayback: open };
  const standby = new Standby({
    link,
    audio,
    floor: new Floor(),
    nowMs: () => performance.now(),
    options: { sendAheadMs: 100, fillerMs: 0 },
    onSound: () => undefined,
    onQuiet: () => undefined,
    onHeard: () => undefined,
    onVoice: () => undefined,
  });
  const account = standby.link.openPlayback?.();
  expect(account?.playedFrames()).toBe(0);
  expect(opened).toEqual([]);
  sent = 12;
  standby.link.sendFrame(new Int16Array(320));
  expect(opened).toEqual([12]);
  standby.close();
});
