import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  bytesFromSamples,
  concatSamples,
  createSampleReader,
  frameSplitter,
  samplesFromBytes,
} from '../../../src/voice/audio/pcm.js';

const samplesArb = fc.int16Array({ maxLength: 2000 });

describe('pcm', () => {
  test('chunks of any length come out as whole frames, in order, the last padded with silence', () => {
    fc.assert(
      fc.property(fc.array(samplesArb, { maxLength: 8 }), (chunks) => {
        const splitter = frameSplitter();
        const frames = [...chunks.flatMap((chunk) => splitter.push(chunk)), ...splitter.flush()];
        const all = concatSamples(chunks);
        expect(frames.length).toBe(Math.ceil(all.length / 320));
        expect(frames.every((frame) => frame.length === 320)).toBe(true);
        const out = concatSamples(frames);
        expect(out.subarray(0, all.length)).toEqual(all);
        expect(out.subarray(all.length).every((sample) => sample === 0)).toBe(true);
        expect(splitter.flush()).toEqual([]);
      }),
    );
  });

  test('bytes cut anywhere, even in mid-sample, come out as the samples that went in', () => {
    fc.assert(
      fc.property(samplesArb, fc.array(fc.nat(4000), { maxLength: 6 }), (samples, cuts) => {
        const bytes = bytesFromSamples(samples);
        const edges = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
        const reader = createSampleReader();
        const out = edges.slice(1).map((end, i) => reader.push(bytes.slice(edges[i], end)));
        expect(concatSamples(out)).toEqual(samples);
        expect(reader.midSample).toBe(false);
      }),
    );
  });

  test('a reader knows that a stream ended in mid-sample', () => {
    const reader = createSampleReader();
    expect(reader.push(Uint8Array.of(1, 2, 3))).toEqual(Int16Array.of(0x0201));
    expect(reader.midSample).toBe(true);
  });

  test('samples are read from bytes at an odd address', () => {
    const bytes = Uint8Array.of(9, 0xff, 0x7f, 0x00, 0x80).subarray(1);
    expect(samplesFromBytes(bytes)).toEqual(Int16Array.of(32_767, -32_768));
  });

  test('an odd number of bytes is refused', () => {
    expect(() => samplesFromBytes(new Uint8Array(5))).toThrow('PCM16 of 5 bytes ends in mid-sample.');
  });
});
