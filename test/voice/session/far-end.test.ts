/** What the caller's own side may say of the agent's audio: how much of it was played, and that it is to stop. */
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Playback } from '../../../src/voice/session/link.js';
import { eventually } from '../../support/eventually.js';
import { agent, endTestCalls, placeTestCall, scriptedEars, toneVoice } from './support/line.js';

const SENTENCE = 'One two three four five six seven eight nine ten.';
const longWinded = {
  ...agent,
  greeting: () => ({ ...agent.greeting(), act: { kind: 'greeting', template: SENTENCE } }),
};
/** 40 ms of audio a character, two frames. */
const framesOf = (text: string): number => text.length * 2;

/** A far end that tells nothing until it is asked to. */
function farEnd(withinMs: number) {
  const far: { frames?: number; isAll: () => void } = { isAll: () => undefined };
  const told = new Promise<void>((resolve) => (far.isAll = resolve));
  const playback: Playback = {
    lateMs: 0,
    correction: { withinMs, told },
    playedFrames: () => far.frames,
    reached: () => new Promise(() => undefined),
  };
  return { told: far, openPlayback: () => playback };
}

async function midSentence(withinMs: number, words: string[] = []) {
  const { told, openPlayback } = farEnd(withinMs);
  const stt = scriptedEars(words);
  const call = placeTestCall({ stt, tts: toneVoice(40), agent: longWinded, openPlayback });
  await eventually(() => call.frames.length >= 40, { withinMs: 3_000, everyMs: 2, what: 'a greeting' });
  return { call, told };
}

afterEach(endTestCalls);

describe('an interrupted reply', () => {
  test('is accounted for as the far end corrects it, before the turn that interrupted it', async () => {
    const { call, told } = await midSentence(60_000, ['wait']);
    call.speak(400, 0);
    expect(call.events.map((e) => e.type)).toContain('clear');
    expect(call.turns()).toEqual([]);
    told.frames = framesOf('One two ');
    call.speak(0, 600);
    await call.next('heard');
    expect(call.turns().map((t) => [t.number, t.role, t.text])).toEqual([
      [1, 'agent', 'One two'],
      [2, 'caller', 'wait'],
    ]);
  });

  test('is accounted for as soon as the far end has told', async () => {
    const { call, told } = await midSentence(60_000);
    call.speak(400, 0);
    told.frames = framesOf('One two three ');
    told.isAll();
    expect(await call.next('reply_done')).toMatchObject({ text: 'One two three', interrupted: true });
  });

  test('is accounted for by the clock when the far end says nothing in time', async () => {
    const { call } = await midSentence(30);
    call.speak(400, 0);
    const done = await call.next('reply_done');
    expect(done).toMatchObject({ turn: 1, interrupted: true });
    expect(SENTENCE.startsWith(done.text)).toBe(true);
    expect(done.text.split(' ').length).toBeGreaterThan(1);
  });

  test('is answered with what was prepared early, for what was heard is decided by then', async () => {
    const { call, told } = await midSentence(60_000, ['wait']);
    call.speak(400, 0);
    told.frames = framesOf('One two ');
    call.speak(0, 400);
    await eventually(() => call.turns().length === 1, { withinMs: 3_000, what: 'the account' });
    call.speak(0, 200);
    expect(await call.next('reply_done', 1)).toMatchObject({ speculation: { outcome: 'hit' } });
  });

  test('is in the journal when the caller hangs up before the far end said anything', async () => {
    const { call } = await midSentence(60_000);
    call.speak(400, 0);
    call.session.end();
    await call.session.finished;
    expect(call.turns().map((t) => t.role)).toEqual(['agent']);
  });
});

test('a far end that silences the agent hears no more of it, and the agent waits for the caller', async () => {
  const { call, told } = await midSentence(60_000, ['hello']);
  told.frames = framesOf('One two three ');
  const sent = call.frames.length;
  call.session.hush();
  call.session.hush();
  call.speak(0, 400);
  expect(call.frames).toHaveLength(sent);
  expect(call.events.filter((e) => e.type === 'clear')).toHaveLength(1);
  call.speak(400, 600);
  expect((await call.next('reply_done', 1)).text).toBe('You said hello.');
  expect(call.turns()[0]).toMatchObject({ role: 'agent', text: 'One two three' });
});

describe('an utterance that becomes no turn', () => {
  test('is told as dismissed when it was but a short sound', async () => {
    const call = placeTestCall({ stt: scriptedEars([]), tts: toneVoice() });
    await call.next('reply_done');
    call.speak(80, 600);
    expect(await call.next('unheard')).toEqual({ type: 'unheard', why: 'dismissed' });
  });

  test('is told as empty or failed when nothing could be made of it', async () => {
    const call = placeTestCall({ stt: scriptedEars(['', new Error('gone')]), tts: toneVoice() });
    await call.next('reply_done');
    call.speak(400, 600);
    expect(await call.next('unheard')).toEqual({ type: 'unheard', why: 'empty' });
    call.speak(400, 600);
    expect(await call.next('unheard', 1)).toEqual({ type: 'unheard', why: 'failed' });
  });
});
