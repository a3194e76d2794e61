import { beforeAll, describe, expect, test } from '@jest/globals';
import { concatSamples } from '../../../src/voice/audio/pcm.js';
import { createResampler, loadResampler } from '../../../src/voice/audio/resampler.js';
import { pieces, rms, tone } from './tones.js';

beforeAll(loadResampler);

/** Sends a whole recording through, `frame` samples at a time. */
function resample(samples: Int16Array, fromHz: number, toHz: number, frame: number): Int16Array {
  const resampler = createResampler(fromHz, toHz);
  const out = pieces(samples, frame).map((piece) => resampler.process(piece));
  out.push(resampler.flush());
  resampler.close();
  return concatSamples(out);
}

describe('resampler', () => {
  test.each([
    [24_000, 320],
    [8000, 320],
    [48_000, 160],
    [24_000, 97],
  ])('a 1 kHz tone survives 16 kHz to %i Hz and back in frames of %i without a click', (rateHz, frame) => {
    const original = tone(1000, 1, 16_000);
    const back = resample(resample(original, 16_000, rateHz, frame), rateHz, 16_000, frame);
    expect(Math.abs(back.length - original.length)).toBeLessThanOrEqual(2);
    // The edges of the recording ring (a tone that starts from nothing); everything between must match.
    const middle = original.subarray(400, 15_600);
    const error = middle.map((sample, i) => sample - back[i + 400]!);
    expect(rms(error) / rms(middle)).toBeLessThan(0.02);
    expect(Math.max(...error.map(Math.abs))).toBeLessThan(1000);
  });

  test('pieces of any size give the very samples that one piece gives', () => {
    const original = tone(700, 0.5, 16_000);
    const whole = resample(original, 16_000, 24_000, original.length);
    expect(resample(original, 16_000, 24_000, 1)).toEqual(whole);
    expect(resample(original, 16_000, 24_000, 333)).toEqual(whole);
    expect(whole.length).toBe(12_000);
  });

  test('sound above half the target rate is removed instead of folded down', () => {
    const out = resample(tone(6500, 0.5, 16_000), 16_000, 8000, 320);
    expect(rms(out.subarray(200, 3800))).toBeLessThan(rms(tone(6500, 0.5, 16_000)) * 0.02);
  });

  test('two streams at once do not disturb each other', () => {
    const a = createResampler(16_000, 24_000);
    const b = createResampler(16_000, 24_000);
    const alone = resample(tone(500, 0.2, 16_000), 16_000, 24_000, 320);
    const mixed = pieces(tone(500, 0.2, 16_000), 320).map((piece) => {
      b.process(tone(3000, 0.02, 16_000));
      return a.process(piece);
    });
    mixed.push(a.flush());
    expect(concatSamples(mixed)).toEqual(alone);
    a.close();
    b.close();
  });

  test('ten thousand streams opened and closed leak no memory', () => {
    for (let i = 0; i < 10_000; i++) {
      const resampler = createResampler(8000, 16_000);
      resampler.process(new Int16Array(160));
      resampler.close();
      resampler.close();
    }
    expect(createResampler(8000, 16_000).process(new Int16Array(160)).length).toBeGreaterThan(0);
  });

  test('equal rates pass samples through untouched', () => {
    const samples = tone(440, 0.02, 16_000);
    expect(createResampler(16_000, 16_000).process(samples)).toBe(samples);
  });

  test('a rate out of range is refused by name, and a closed stream takes no more samples', () => {
    expect(() => createResampler(16_000, 400)).toThrow('Sample rate 400 Hz is not a whole number between');
    const resampler = createResampler(16_000, 8000);
    resampler.close();
    expect(() => resampler.process(new Int16Array(10))).toThrow('closed');
  });
});
