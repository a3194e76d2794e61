/** Stereo PCM16 at the call's own rate: left is the caller, right the agent. */
import { FRAME_SAMPLES, SAMPLE_RATE_HZ } from '../ports.js';
import type { Slot } from './timeline.js';

const CHANNELS = 2;
const SAMPLE_BYTES = 2;
const HEADER_BYTES = 44;
/** Where a WAV writer that streams does not know the length, readers take the sound to run to the end of the file. */
const UNKNOWN_LENGTH = 0xffff_ffff;

/** Bytes of 20 ms of both sides. */
export const STEREO_FRAME_BYTES = FRAME_SAMPLES * CHANNELS * SAMPLE_BYTES;

/** The slots as interleaved little-endian samples. A frame that is too short is followed by silence. */
export function interleaved(slots: readonly Slot[]): Buffer {
  const bytes = Buffer.alloc(slots.length * STEREO_FRAME_BYTES);
  // One store for both sides; Node runs on little-endian machines only.
  const pairs = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  for (const [n, { caller, agent }] of slots.entries()) {
    if (!caller && !agent) continue;
    const at = n * FRAME_SAMPLES;
    for (let i = 0; i < FRAME_SAMPLES; i++)
      pairs[at + i] = ((caller?.[i] ?? 0) & 0xffff) | ((agent?.[i] ?? 0) << 16);
  }
  return bytes;
}

/** Silences the left side in place, from one frame (inclusive) to another (exclusive). */
export function silenceLeft(pcm: Buffer, fromFrame: number, toFrame: number): void {
  const from = fromFrame * STEREO_FRAME_BYTES;
  const to = Math.min(toFrame * STEREO_FRAME_BYTES, pcm.length);
  for (let at = from; at < to; at += CHANNELS * SAMPLE_BYTES) pcm.writeInt16LE(0, at);
}

/** The head of a stereo WAV file. @param pcmBytes length of the sound, undefined when nobody knows it yet. */
export function stereoWavHeader(pcmBytes: number | undefined): Buffer {
  const head = Buffer.alloc(HEADER_BYTES);
  const known = pcmBytes !== undefined && pcmBytes + HEADER_BYTES < UNKNOWN_LENGTH;
  head.write('RIFF', 0, 'latin1');
  head.writeUInt32LE(known ? pcmBytes + HEADER_BYTES - 8 : UNKNOWN_LENGTH, 4);
  head.write('WAVEfmt ', 8, 'latin1');
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20); // PCM
  head.writeUInt16LE(CHANNELS, 22);
  head.writeUInt32LE(SAMPLE_RATE_HZ, 24);
  head.writeUInt32LE(SAMPLE_RATE_HZ * CHANNELS * SAMPLE_BYTES, 28);
  head.writeUInt16LE(CHANNELS * SAMPLE_BYTES, 32);
  head.writeUInt16LE(SAMPLE_BYTES * 8, 34);
  head.write('data', 36, 'latin1');
  head.writeUInt32LE(known ? pcmBytes : UNKNOWN_LENGTH, 40);
  return head;
}

/** Length of a WAV file with so much sound. */
export const wavBytes = (pcmBytes: number): number => HEADER_BYTES + pcmBytes;
