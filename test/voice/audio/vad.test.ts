import { beforeAll, describe, expect, test } from '@jest/globals';
import { frameSplitter } from '../../../src/voice/audio/pcm.js';
import { createVad, loadVad } from '../../../src/voice/audio/vad.js';
import { speech } from '../providers/local/support.js';

beforeAll(loadVad);

/** Low, even noise, as a quiet line has. */
function lineNoise(frames: number): Int16Array[] {
  let seed = 1;
  const sample = () => (((seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647) * 2 - 1) * 30;
  return Array.from({ length: frames }, () => Int16Array.from({ length: 320 }, sample));
}

describe('voice activity', () => {
  test('a quiet line is unvoiced, speech on it is voiced, and quiet afterwards is unvoiced again', async () => {
    const splitter = frameSplitter();
    const spoken = splitter.push(await speech('i was injured in a car accident', 'slt'));
    const vad = createVad({ mode: 2 });
    const before = lineNoise(50).map((frame) => vad.isVoiced(frame));
    const during = spoken.map((frame) => vad.isVoiced(frame));
    const after = lineNoise(50).map((frame) => vad.isVoiced(frame));
    vad.close();
    // It takes some frames to learn how loud the line itself is.
    expect(before.slice(10).filter(Boolean).length).toBe(0);
    expect(during.filter(Boolean).length / during.length).toBeGreaterThan(0.7);
    // The detector holds on for some frames after the last voice.
    expect(after.slice(15).filter(Boolean).length).toBe(0);
  });

  test('one call does not change what another call hears', () => {
    const frames = lineNoise(40);
    const alone = createVad({ mode: 3 });
    const expected = frames.map((frame) => alone.isVoiced(frame));
    const [a, b] = [createVad({ mode: 3 }), createVad({ mode: 0 })];
    const loud = Int16Array.from({ length: 320 }, (_, i) => 12_000 * Math.sin(i / 20));
    const mixed = frames.map((frame) => {
      b.isVoiced(loud);
      return a.isVoiced(frame);
    });
    expect(mixed).toEqual(expected);
    for (const vad of [alone, a, b]) vad.close();
  });

  test('a frame of another length is refused, and so is any frame after the call', () => {
    const vad = createVad({ mode: 1 });
    expect(() => vad.isVoiced(new Int16Array(160))).toThrow('A frame has 320 samples, not 160.');
    vad.close();
    vad.close();
    expect(() => vad.isVoiced(new Int16Array(320))).toThrow('closed');
  });

  test('ten thousand calls leak no detector', () => {
    for (let i = 0; i < 10_000; i++) createVad({ mode: 0 }).close();
    const vad = createVad({ mode: 0 });
    expect(vad.isVoiced(new Int16Array(320))).toBe(false);
    vad.close();
  });
});
