/** Where speech ends, by the detector and in truth: machine voices, telephone code and noise. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeMulaw, encodeMulaw } from '../../../src/voice/audio/mulaw.js';
import { concatSamples, frameSplitter } from '../../../src/voice/audio/pcm.js';
import { createResampler, loadResampler } from '../../../src/voice/audio/resampler.js';
import { TailGate } from '../../../src/voice/audio/tail-gate.js';
import { createVad, loadVad } from '../../../src/voice/audio/vad.js';
import type { LocalVoice } from '../../../src/voice/providers/local/text-to-speech.js';
import { speech } from '../providers/local/support.js';

beforeAll(() => Promise.all([loadVad(), loadResampler()]));

const powerOf = (samples: Int16Array) => samples.reduce((sum, s) => sum + s * s, 0) / samples.length;
const framesOf = (samples: Int16Array) => frameSplitter().push(samples);

/** As the telephone network carries it: 8 kHz, mu-law. */
function overTelephone(samples: Int16Array): Int16Array {
  const [down, up] = [createResampler(16_000, 8_000), createResampler(8_000, 16_000)];
  const heard = up.process(decodeMulaw(encodeMulaw(down.process(samples))));
  for (const resampler of [down, up]) resampler.close();
  return heard;
}

/** The same, with even noise 20 dB below the speech. */
function inNoise(samples: Int16Array, speechPower: number): Int16Array {
  let seed = 7;
  const random = () => ((seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647) * 2 - 1;
  const peak = Math.sqrt((speechPower / 100) * 3);
  return samples.map((s) => Math.max(-32_768, Math.min(32_767, s + random() * peak)));
}

/** Milliseconds from the last frame with sound in it (35 dB below the loudest, or the noise) to the last voiced one. */
function lagOf(line: Int16Array, sound: Int16Array, noisePower = 0): number {
  const powers = framesOf(sound).map(powerOf);
  const least = Math.max(Math.max(...powers) * 10 ** -3.5, noisePower);
  const vad = createVad({ mode: 2 });
  const voiced = framesOf(line).map((frame) => vad.isVoiced(frame));
  vad.close();
  return (voiced.lastIndexOf(true) - powers.findLastIndex((power) => power > least)) * 20;
}

const phrases = ['Yes.', 'Six.', 'No.', 'It was his fault.', 'The police.', 'Austin, Texas.', 'half a leaf'];
const voices: LocalVoice[] = ['slt', 'rms'];
const mean = (all: number[]) => all.reduce((a, b) => a + b, 0) / all.length;

async function lags(of: (spoken: Int16Array) => number): Promise<number[]> {
  const all: number[] = [];
  for (const voice of voices) for (const phrase of phrases) all.push(of(await speech(phrase, voice)));
  return all;
}
const room = new Int16Array(16_000);
const inRoom = (spoken: Int16Array) => concatSamples([room, spoken, room]);

describe('the end of speech', () => {
  test('is where the sound ends on a clean line: no soft "s" is cut, and no tail is left', async () => {
    const all = await lags((spoken) => lagOf(inRoom(spoken), inRoom(spoken)));
    expect(Math.min(...all)).toBeGreaterThanOrEqual(-20);
    expect(Math.max(...all)).toBeLessThanOrEqual(60);
    expect(mean(all)).toBeLessThan(30);
  });

  test('is where the sound ends on a telephone line', async () => {
    const all = await lags((spoken) => {
      const heard = overTelephone(inRoom(spoken));
      return lagOf(heard, heard);
    });
    expect(Math.min(...all)).toBeGreaterThanOrEqual(-20);
    expect(mean(all)).toBeLessThan(50);
  });

  test('is found in noise 20 dB below the speech; what is lost is no louder than that noise', async () => {
    const all = await lags((spoken) => {
      const power = powerOf(spoken);
      return lagOf(inNoise(inRoom(spoken), power), inRoom(spoken), power / 100);
    });
    expect(Math.min(...all)).toBeGreaterThanOrEqual(-200);
    expect(Math.max(...all)).toBeLessThanOrEqual(60);
    expect(mean(all)).toBeGreaterThan(-80);
  });
});

describe('the gate', () => {
  const tone = (amplitude: number) =>
    Int16Array.from({ length: 320 }, (_, n) => Math.round(amplitude * Math.sin(n)));

  test('never makes voice of what the detector calls silence', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 32_000 }), { maxLength: 40 }), (amplitudes) => {
        const gate = new TailGate();
        expect(amplitudes.some((amplitude) => gate.passes(tone(amplitude), false))).toBe(false);
      }),
    );
  });

  test('lets a caller be heard who falls to a hundredth of the loudness within a second', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 3_000, max: 30_000 }),
        fc.integer({ min: 1, max: 200 }),
        (loud, frames) => {
          const gate = new TailGate();
          for (let n = 0; n < 50; n++) gate.passes(tone(3), false);
          for (let n = 0; n < frames; n++) expect(gate.passes(tone(loud), true)).toBe(true);
          let heard = false;
          for (let n = 0; n < 50; n++) heard = gate.passes(tone(loud / 100), true) || heard;
          expect(heard).toBe(true);
        },
      ),
    );
  });

  test('lets nothing of digital silence pass after speech', () => {
    const gate = new TailGate();
    for (let n = 0; n < 20; n++) gate.passes(tone(8_000), true);
    expect(gate.passes(new Int16Array(320), true)).toBe(false);
  });
});
