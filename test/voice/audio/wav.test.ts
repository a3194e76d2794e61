import { beforeAll, describe, expect, test } from '@jest/globals';
import { bytesFromSamples } from '../../../src/voice/audio/pcm.js';
import { loadResampler } from '../../../src/voice/audio/resampler.js';
import { parseWav, WavError, writeWav } from '../../../src/voice/audio/wav.js';
import { rms, tone } from './tones.js';

beforeAll(loadResampler);

/** A WAV file with chosen header fields. */
function wav(
  fields: { code?: number; bits?: number; channels?: number; rateHz?: number },
  sound: Int16Array,
) {
  const file = Buffer.from(writeWav(sound, fields.rateHz));
  file.writeUInt16LE(fields.code ?? 1, 20);
  file.writeUInt16LE(fields.channels ?? 1, 22);
  file.writeUInt16LE(fields.bits ?? 16, 34);
  return file;
}

describe('wav', () => {
  test('what is written is read back sample for sample', () => {
    const samples = tone(440, 0.1, 16_000);
    expect(parseWav(writeWav(samples))).toEqual(samples);
  });

  test('stereo is averaged to mono', () => {
    expect(parseWav(wav({ channels: 2 }, Int16Array.of(100, 300, -7, -9)))).toEqual(Int16Array.of(200, -8));
  });

  test.each([8000, 22_050, 44_100, 48_000])(
    'a recording at %i Hz becomes 16 kHz of the same length',
    (rateHz) => {
      const samples = parseWav(wav({ rateHz }, tone(500, 1, rateHz)));
      expect(Math.abs(samples.length - 16_000)).toBeLessThanOrEqual(2);
      expect(rms(samples) / rms(tone(500, 1, 16_000))).toBeCloseTo(1, 1);
    },
  );

  test('notes that other programs put before the sound are skipped, odd lengths included', () => {
    const plain = Buffer.from(writeWav(Int16Array.of(1, 2, 3)));
    const note = Buffer.from([...Buffer.from('LIST'), 3, 0, 0, 0, 65, 66, 67, 0]);
    const file = Buffer.concat([plain.subarray(0, 36), note, plain.subarray(36)]);
    expect(parseWav(file)).toEqual(Int16Array.of(1, 2, 3));
  });

  test('a streamed file without a length is read to its end', () => {
    const file = Buffer.from(writeWav(Int16Array.of(4, 5)));
    file.writeUInt32LE(0xffff_ffff, 40);
    expect(parseWav(file)).toEqual(Int16Array.of(4, 5));
  });

  test.each([
    ['text', Buffer.from('hello, this is no sound at all'), 'it does not begin with RIFF'],
    ['nothing', new Uint8Array(0), 'it does not begin with RIFF'],
    ['mu-law', wav({ code: 7, bits: 8 }, tone(440, 0.1, 16_000)), '8-bit sound of format 7; 16-bit PCM'],
    ['floats', wav({ code: 3, bits: 32 }, tone(440, 0.1, 16_000)), '32-bit sound of format 3; 16-bit PCM'],
    ['six channels', wav({ channels: 6 }, new Int16Array(12)), '6 channels; one or two are needed'],
    ['4 kHz', wav({ rateHz: 4000 }, new Int16Array(12)), '4000 samples a second'],
    [
      'half a file',
      Buffer.from(writeWav(new Int16Array(100))).subarray(0, 144),
      'cut short: 100 of 200 bytes',
    ],
    ['a header alone', Buffer.from(writeWav(new Int16Array(0))).subarray(0, 36), 'no sound (data chunk)'],
    ['no format', Buffer.from('RIFF\0\0\0\0WAVE'), 'no format (fmt chunk)'],
    ['sound first', Buffer.from('RIFF\0\0\0\0WAVEdata\0\0\0\0'), 'its sound before its format'],
  ])('%s is refused in words that say what is wrong', (_name, file, message) => {
    expect(() => parseWav(file)).toThrow(WavError);
    expect(() => parseWav(file)).toThrow(message);
  });

  test('a file in the middle of a larger buffer, at an odd address, is read', () => {
    const samples = tone(440, 0.01, 16_000);
    const file = Buffer.concat([Buffer.of(0), writeWav(samples), Buffer.of(0)]).subarray(1, -1);
    expect(Buffer.from(bytesFromSamples(parseWav(file)))).toEqual(Buffer.from(bytesFromSamples(samples)));
  });
});
