import { expect, test } from '@jest/globals';
import { interleaved, silenceLeft, stereoWavHeader } from '../../../src/voice/recording/stereo.js';
import { Timeline } from '../../../src/voice/recording/timeline.js';
import { readStereo } from './support/stereo.js';

const frame = (level: number): Int16Array => new Int16Array(320).fill(level);
/** Levels of one side, slot by slot; 0 is silence. */
const rows = (timeline: Timeline): { caller: number[]; agent: number[] } => {
  const slots = timeline.take(timeline.length);
  return {
    caller: slots.map((slot) => slot.caller?.[0] ?? 0),
    agent: slots.map((slot) => slot.agent?.[0] ?? 0),
  };
};

test('a frame of the agent stands where the caller was when it was sent, those sent ahead behind one another', () => {
  const timeline = new Timeline(0);
  for (const n of [1, 2, 3]) timeline.caller(frame(n), n * 20);
  for (const n of [11, 12, 13]) timeline.agent(frame(n), 60);
  for (const n of [4, 5, 6, 7, 8]) timeline.caller(frame(n), n * 20);
  timeline.agent(frame(14), 160);
  expect(rows(timeline)).toEqual({
    caller: [1, 2, 3, 4, 5, 6, 7, 8, 0],
    agent: [0, 0, 0, 11, 12, 13, 0, 0, 14],
  });
});

test('what was taken back is silence, and what is said next stands in its place', () => {
  const timeline = new Timeline(0);
  for (const n of [11, 12, 13, 14]) timeline.agent(frame(n), 0);
  timeline.caller(frame(1), 20);
  timeline.takeBack(2);
  timeline.agent(frame(15), 20);
  expect(rows(timeline).agent).toEqual([11, 12, 15, 0]);
});

test('time goes on while the caller sends nothing, and not twice when audio comes late in a heap', () => {
  const timeline = new Timeline(0);
  timeline.caller(frame(1), 20);
  timeline.agent(frame(11), 2_020);
  expect(timeline.now).toBe(101);
  for (let n = 0; n < 10; n++) timeline.caller(frame(2), 2_020);
  timeline.caller(frame(3), 2_900); // under a second: the frames are only late
  expect(timeline.now).toBe(112);
  expect(rows(timeline).agent.indexOf(11)).toBe(101);
});

test('what a caller must not have said is silenced as far as it is still here', () => {
  const timeline = new Timeline(0);
  for (const n of [1, 2, 3, 4]) timeline.caller(frame(n), n * 20);
  timeline.take(1);
  timeline.silence(0);
  expect(rows(timeline).caller).toEqual([0, 0, 0]);
});

test('both sides come out of the WAV as they went in, extremes too, and the left can be silenced alone', () => {
  const pcm = interleaved([
    { caller: frame(-32_768), agent: frame(32_767) },
    { caller: frame(-1), agent: frame(-2) },
    { caller: undefined, agent: undefined },
  ]);
  const wav = (): ReturnType<typeof readStereo> =>
    readStereo(Buffer.concat([stereoWavHeader(pcm.length), pcm]));
  expect(wav().left.filter((_, i) => i % 320 === 0)).toEqual(Int16Array.of(-32_768, -1, 0));
  expect(wav().right.filter((_, i) => i % 320 === 0)).toEqual(Int16Array.of(32_767, -2, 0));
  silenceLeft(pcm, 0, 1);
  expect(wav().left.filter((_, i) => i % 320 === 0)).toEqual(Int16Array.of(0, -1, 0));
  expect(wav().right[0]).toBe(32_767);
});
