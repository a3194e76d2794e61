import { expect, jest, test, beforeEach, afterEach } from '@jest/globals';
import { Caller, MISSED_AFTER_MS } from '../../../bench/voice/caller.js';
import type { Frame } from '../../../bench/voice/lines/caller-line.js';
import type { InterruptionSample, TurnSample } from '../../../bench/voice/messages.js';

const frame = (fill: number): Frame => ({ pcm: Buffer.alloc(640, fill), mulaw: '' });
const UTTERANCE = [frame(1), frame(2), frame(3)];
let sent: Frame[];
let turns: TurnSample[];
let interruptions: InterruptionSample[];
let cutIns: number;
let talking: boolean;
let caller: Caller;
const line = { sendFrame: (one: Frame) => void sent.push(one) };

beforeEach(() => {
  jest.useFakeTimers({ now: 0 });
  [sent, turns, interruptions, cutIns, talking] = [[], [], [], 0, true];
  caller = new Caller({
    utterances: [UTTERANCE],
    silence: frame(0),
    silenceMs: 0,
    firstSilenceMs: 0,
    interruptsEvery: null,
    onInterruption: (sample) => void interruptions.push(sample),
    phaseMs: 0,
    mayTalk: () => talking,
    onTurn: (sample) => void turns.push(sample),
    onFrame: () => undefined,
    onCutIn: () => void (cutIns += 1),
  });
});
afterEach(() => void jest.useRealTimers());

/** Lets time pass in steps of 2 ms, ticking as the generator does. */
function pass(ms: number): void {
  for (let left = ms; left > 0; left -= 2) {
    jest.advanceTimersByTime(2);
    caller.tick(performance.now(), line);
  }
}
const replyDone = (timing: Record<string, number> = {}): void =>
  caller.onAgentDone({ timing, speculation: 'hit' });
const spoken = (): number => sent.filter(({ pcm }) => pcm[0] !== 0).length;
const passUntilSpoken = (frames: number): void => {
  while (spoken() < frames) pass(2);
};

test('a caller sends a frame every 20 ms, silent until the greeting has been heard', () => {
  pass(200);
  expect(sent).toHaveLength(10);
  expect(spoken()).toBe(0);
  replyDone();
  pass(400);
  expect(spoken()).toBe(UTTERANCE.length);
});

test('frames that a late timer held up are sent at once, and none is left out', () => {
  pass(20);
  jest.advanceTimersByTime(100);
  caller.tick(performance.now(), line);
  expect(sent).toHaveLength(6);
});

test('latency runs from the last speech frame sent to the first agent frame, and takes the edge’s account with it', () => {
  pass(2);
  replyDone();
  passUntilSpoken(3);
  pass(250);
  caller.onAudio();
  pass(100);
  caller.onAudio();
  replyDone({ total: 240 });
  expect(turns).toEqual([{ latencyMs: 250, timing: { total: 240 }, speculation: 'hit' }]);
});

test('a message of the edge without audio answers nothing: the turn is missed after five seconds', () => {
  pass(2);
  replyDone();
  passUntilSpoken(3);
  replyDone({ total: 100 });
  pass(MISSED_AFTER_MS - 10);
  expect(turns).toEqual([]);
  pass(20);
  expect(turns).toEqual([{ latencyMs: null, timing: null, speculation: null }]);
});

test('an agent that speaks over the caller is counted once, and answers nothing', () => {
  pass(2);
  replyDone();
  passUntilSpoken(1);
  caller.onAudio();
  caller.onAudio();
  passUntilSpoken(3);
  expect([cutIns, turns]).toEqual([1, []]);
});

test('a line that is lost before the answer is a missed turn; one the agent closed is none', () => {
  pass(2);
  replyDone();
  passUntilSpoken(3);
  caller.over(false);
  expect(turns).toEqual([]);
  caller.over(true);
  expect(turns).toEqual([{ latencyMs: null, timing: null, speculation: null }]);
});

test('no new turn begins when the measured time is over', () => {
  pass(2);
  replyDone();
  talking = false;
  pass(1_000);
  expect(spoken()).toBe(0);
});

test('every so many replies the caller speaks into the reply, and notes when it stopped and what still came', () => {
  caller = new Caller({
    utterances: [UTTERANCE],
    silence: frame(0),
    silenceMs: 0,
    firstSilenceMs: 0,
    phaseMs: 0,
    interruptsEvery: 1,
    mayTalk: () => talking,
    onTurn: (sample) => void turns.push(sample),
    onInterruption: (sample) => void interruptions.push(sample),
    onFrame: () => undefined,
    onCutIn: () => void (cutIns += 1),
  });
  pass(2);
  replyDone();
  passUntilSpoken(3);
  pass(250);
  caller.onAudio();
  passUntilSpoken(4);
  expect(turns).toEqual([{ latencyMs: 250, timing: null, speculation: null }]);
  caller.onAudio(); // of the reply that is being interrupted
  pass(10);
  caller.onClear();
  pass(4);
  caller.onAudio();
  passUntilSpoken(6);
  pass(20);
  expect(cutIns).toBe(0);
  expect(interruptions).toHaveLength(1);
  expect(interruptions[0]!.stoppedAfterMs).toBeGreaterThanOrEqual(10);
  expect(interruptions[0]!.lastFrameAfterClearMs).toBe(4);
});
