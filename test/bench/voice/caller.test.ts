import { expect, jest, test, beforeEach, afterEach } from '@jest/globals';
import { Caller, MISSED_AFTER_MS } from '../../../bench/voice/caller.js';
import type { TurnSample } from '../../../bench/voice/messages.js';

const UTTERANCE = [Buffer.alloc(640, 1), Buffer.alloc(640, 2), Buffer.alloc(640, 3)];
let sent: Buffer[];
let turns: TurnSample[];
let cutIns: number;
let talking: boolean;
let caller: Caller;
const line = { sendFrame: (frame: Buffer) => void sent.push(frame) };

beforeEach(() => {
  jest.useFakeTimers({ now: 0 });
  [sent, turns, cutIns, talking] = [[], [], 0, true];
  caller = new Caller({
    utterances: [UTTERANCE],
    silenceMs: 0,
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
  caller.take({ type: 'reply_done', turn: 1, text: 'Hello.', interrupted: false, timing });
const spoken = (): number => sent.filter((frame) => frame[0] !== 0).length;
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
  caller.hear();
  pass(100);
  caller.hear();
  replyDone({ total: 240 });
  expect(turns).toEqual([{ latencyMs: 250, timing: { total: 240 } }]);
});

test('a message of the edge without audio answers nothing: the turn is missed after five seconds', () => {
  pass(2);
  replyDone();
  passUntilSpoken(3);
  replyDone({ total: 100 });
  pass(MISSED_AFTER_MS - 10);
  expect(turns).toEqual([]);
  pass(20);
  expect(turns).toEqual([{ latencyMs: null, timing: null }]);
});

test('an agent that speaks over the caller is counted once, and answers nothing', () => {
  pass(2);
  replyDone();
  passUntilSpoken(1);
  caller.hear();
  caller.hear();
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
  expect(turns).toEqual([{ latencyMs: null, timing: null }]);
});

test('no new turn begins when the measured time is over', () => {
  pass(2);
  replyDone();
  talking = false;
  pass(1_000);
  expect(spoken()).toBe(0);
});
