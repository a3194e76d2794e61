import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createResampler, loadResampler } from '../../../src/voice/audio/resampler.js';
import { createVad, loadVad } from '../../../src/voice/audio/vad.js';
import { readTones, ToneReader } from '../../../standins/openai/tone-code/decode.js';
import { speakInTones } from '../../../standins/openai/tone-code/encode.js';

beforeAll(async () => {
  await loadResampler();
  await loadVad();
});

const sentence = 'My name is María López; I was hurt at 3:15 p.m. 😀';
const silence = (samples: number) => new Int16Array(samples);
const joined = (...parts: Int16Array[]) => Int16Array.from(parts.flatMap((part) => [...part]));

function resampled(samples: Int16Array, fromHz: number, toHz: number): Int16Array {
  const resampler = createResampler(fromHz, toHz);
  const out = joined(resampler.process(samples), resampler.flush());
  resampler.close();
  return out;
}

describe('text in tones', () => {
  test.each([
    [24_000, 24_000],
    [24_000, 16_000],
    [16_000, 24_000],
    [24_000, 8_000],
    [8_000, 16_000],
    [16_000, 44_100],
  ])('spoken at %d Hz is read at %d Hz', (fromHz, toHz) => {
    const sound = resampled(speakInTones(sentence, fromHz), fromHz, toHz);
    const offBeat = joined(silence(1_237), sound, silence(2_000));
    expect(readTones(offBeat, toHz)).toBe(sentence);
  });

  test('any text comes back, however the sound is cut into pieces', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(text, fc.integer({ min: 40, max: 2_000 }), (said, pieceSamples) => {
        const sound = speakInTones(said, 16_000);
        const reader = new ToneReader(16_000);
        let heard = '';
        for (let at = 0; at < sound.length; at += pieceSamples) {
          heard += reader.push(sound.subarray(at, at + pieceSamples));
        }
        expect(heard + reader.push(silence(640))).toBe(said);
      }),
      { numRuns: 40 },
    );
  });

  test('two texts in one stream are set apart by a space', () => {
    const sound = joined(
      speakInTones('Hello.', 16_000),
      silence(5_000),
      speakInTones('Yes.', 16_000),
      silence(400),
    );
    expect(readTones(sound, 16_000)).toBe('Hello. Yes.');
  });

  test('a lost packet costs its letters and no others', () => {
    const sound = joined(speakInTones('abcdefghij', 8_000), silence(400));
    // 15 symbols of lead and one start mark come before the text; the lost 20 ms are the `d`.
    sound.fill(0, (16 + 3) * 160, (16 + 4) * 160);
    expect(readTones(sound, 8_000)).toBe('abcefghij');
  });

  test('a text that breaks off is read as far as it goes', () => {
    const sound = joined(speakInTones('abcdefghij', 16_000).subarray(0, (16 + 5) * 320), silence(8_000));
    expect(readTones(sound, 16_000)).toBe('abcde');
  });

  test('other sounds hold no text', () => {
    const hum = Int16Array.from(
      { length: 32_000 },
      (_, i) => 9_000 * Math.sin(i / 7) + 4_000 * Math.sin(i / 3.1),
    );
    expect(readTones(hum, 16_000)).toBe('');
    expect(readTones(silence(16_000), 16_000)).toBe('');
  });

  test('the strictest voice detector hears one unbroken utterance', () => {
    const vad = createVad({ mode: 3 });
    const sound = joined(silence(320 * 25), speakInTones(sentence, 16_000));
    const voiced: boolean[] = [];
    for (let at = 0; at + 320 <= sound.length; at += 320)
      voiced.push(vad.isVoiced(sound.slice(at, at + 320)));
    vad.close();
    expect(voiced.indexOf(true)).toBeLessThan(25 + 4);
    expect(voiced.slice(25 + 4)).not.toContain(false);
  });
});
