/** WAV files: 16-bit PCM in at any usual rate, mono or stereo; out as the call's own format or any rate asked for. */
import { SAMPLE_RATE_HZ } from '../ports.js';
import { bytesFromSamples, concatSamples, samplesFromBytes } from './pcm.js';
import { createResampler } from './resampler.js';

/** The file is not a WAV we can read. The message says what was found and what would be right. */
export class WavError extends Error {
  override readonly name = 'WavError';
}

const PCM = 1;
/** WAVE_FORMAT_EXTENSIBLE: the real format code is in the first two bytes of the sub-format id, at byte 24. */
const EXTENSIBLE = 0xfffe;
/** Writers that stream do not know the length and leave a huge number here; then the sound runs to the end of file. */
const UNKNOWN_LENGTH = 0x7fff_0000;
const HEADER_BYTES = 44;

interface Format {
  rateHz: number;
  channels: number;
}

/**
 * Reads a WAV file as PCM16 mono at 16 kHz: stereo is averaged, other rates are resampled (for those `loadResampler`
 * must have finished).
 * @throws WavError when it is not a WAV file of 16-bit PCM with one or two channels at 8–96 kHz, or is cut short.
 */
export function parseWav(file: Uint8Array): Int16Array {
  const { format, data } = readChunks(file);
  const blockBytes = format.channels * 2;
  const samples = samplesFromBytes(data.subarray(0, data.length - (data.length % blockBytes)));
  const mono = format.channels === 2 ? averageOfPairs(samples) : samples;
  const resampler = createResampler(format.rateHz, SAMPLE_RATE_HZ);
  const converted = concatSamples([resampler.process(mono), resampler.flush()]);
  resampler.close();
  return converted;
}

/**
 * A WAV file of mono PCM16.
 * @param rateHz rate of the samples; the call's own 16,000 by default.
 */
export function writeWav(samples: Int16Array, rateHz: number = SAMPLE_RATE_HZ): Uint8Array {
  const file = new Uint8Array(HEADER_BYTES + samples.byteLength);
  const view = new DataView(file.buffer);
  const name = (at: number, text: string) => file.set(Buffer.from(text, 'latin1'), at);
  name(0, 'RIFF');
  view.setUint32(4, file.length - 8, true);
  name(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, PCM, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rateHz, true);
  view.setUint32(28, rateHz * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  name(36, 'data');
  view.setUint32(40, samples.byteLength, true);
  file.set(bytesFromSamples(samples), HEADER_BYTES);
  return file;
}

/** Walks the chunks (other programs put notes between ours) to the format and the sound. */
function readChunks(file: Uint8Array): { format: Format; data: Uint8Array } {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const name = (at: number) => Buffer.from(file.subarray(at, at + 4)).toString('latin1');
  if (file.length < 12 || name(0) !== 'RIFF' || name(8) !== 'WAVE') {
    throw new WavError('This is not a WAV file: it does not begin with RIFF … WAVE.');
  }
  let format: Format | undefined;
  for (let at = 12; at + 8 <= file.length;) {
    const length = view.getUint32(at + 4, true);
    const body = file.subarray(at + 8, at + 8 + length);
    if (name(at) === 'fmt ') format = readFormat(body);
    if (name(at) === 'data') {
      if (!format) throw new WavError('This WAV file has its sound before its format.');
      if (body.length < length && length < UNKNOWN_LENGTH) {
        throw new WavError(
          `This WAV file is cut short: ${body.length} of ${length} bytes of sound are there.`,
        );
      }
      return { format, data: body };
    }
    at += 8 + length + (length % 2);
  }
  throw new WavError(`This WAV file has no ${format ? 'sound (data chunk)' : 'format (fmt chunk)'}.`);
}

function readFormat(body: Uint8Array): Format {
  if (body.length < 16) throw new WavError('This WAV file has a format chunk that is too short.');
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const declared = view.getUint16(0, true);
  const code = declared === EXTENSIBLE && body.length >= 26 ? view.getUint16(24, true) : declared;
  const bits = view.getUint16(14, true);
  if (code !== PCM || bits !== 16) {
    throw new WavError(
      `This WAV file holds ${bits}-bit sound of format ${code}; 16-bit PCM (format 1) is needed.`,
    );
  }
  const channels = view.getUint16(2, true);
  if (channels !== 1 && channels !== 2) {
    throw new WavError(`This WAV file has ${channels} channels; one or two are needed.`);
  }
  const rateHz = view.getUint32(4, true);
  if (rateHz < 8000 || rateHz > 96_000) {
    throw new WavError(`This WAV file has ${rateHz} samples a second; 8,000 to 96,000 are needed.`);
  }
  return { rateHz, channels };
}

function averageOfPairs(samples: Int16Array): Int16Array {
  return Int16Array.from(
    { length: samples.length / 2 },
    (_, i) => ((samples[2 * i] ?? 0) + (samples[2 * i + 1] ?? 0)) >> 1,
  );
}
