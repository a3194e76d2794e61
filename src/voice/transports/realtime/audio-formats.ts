/** The three audio formats of the Realtime API, to and from the call's 20 ms frames at 16 kHz. */
import { decodeAlaw, encodeAlaw } from '../../audio/alaw.js';
import { decodeMulaw, encodeMulaw, MULAW_RATE_HZ } from '../../audio/mulaw.js';
import { bytesFromSamples, createSampleReader, frameSplitter } from '../../audio/pcm.js';
import { createResampler } from '../../audio/resampler.js';
import { SAMPLE_RATE_HZ } from '../../ports.js';
import type { AudioFormat } from './client-events.js';

const PCM_RATE_HZ = 24_000;

/** Length of so many bytes in milliseconds. */
export const durationMs = ({ type }: AudioFormat, bytes: number): number =>
  type === 'audio/pcm' ? bytes / ((2 * PCM_RATE_HZ) / 1_000) : bytes / (MULAW_RATE_HZ / 1_000);

const rateOf = ({ type }: AudioFormat): number => (type === 'audio/pcm' ? PCM_RATE_HZ : MULAW_RATE_HZ);

/** The caller's audio, cut anywhere, even in mid-sample. */
export interface Decoder {
  /** @returns the frames these bytes complete. */
  push(bytes: Uint8Array): Int16Array[];
  /** Gives the resampler's memory back; no other call may follow. */
  close(): void;
}

/** @throws Error when `loadResampler` has not finished. */
export function createDecoder(format: AudioFormat): Decoder {
  const resampler = createResampler(rateOf(format), SAMPLE_RATE_HZ);
  const splitter = frameSplitter();
  const reader = createSampleReader();
  const samplesOf = {
    'audio/pcm': (bytes: Uint8Array) => reader.push(bytes),
    'audio/pcmu': decodeMulaw,
    'audio/pcma': decodeAlaw,
  }[format.type];
  return {
    push: (bytes) => splitter.push(resampler.process(samplesOf(bytes))),
    close: () => resampler.close(),
  };
}

/** The agent's audio of one response. */
export interface Encoder {
  encode(frame: Int16Array): Uint8Array;
  /** What the filter still holds, up to 3 ms; the last call but `close`. */
  flush(): Uint8Array;
  close(): void;
}

/** @throws Error when `loadResampler` has not finished. */
export function createEncoder(format: AudioFormat): Encoder {
  const resampler = createResampler(SAMPLE_RATE_HZ, rateOf(format));
  const bytesOf = {
    'audio/pcm': bytesFromSamples,
    'audio/pcmu': encodeMulaw,
    'audio/pcma': encodeAlaw,
  }[format.type];
  return {
    encode: (frame) => bytesOf(resampler.process(frame)),
    flush: () => bytesOf(resampler.flush()),
    close: () => resampler.close(),
  };
}

/** @returns the bytes, or null when the text is not base64 (Node itself skips over what it cannot read). */
export function readBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64');
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  return text.length % 4 === 0 && bytes.length === (text.length / 4) * 3 - padding ? bytes : null;
}
