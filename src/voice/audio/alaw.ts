/**
 * G.711 A-law, the code of 8 bits a sample at 8,000 Hz that telephone networks outside North America and Japan use
 * (ITU-T G.711, table 1a), by table: the sign, three bits of segment and four of step, every other bit inverted. There is
 * no zero: silence is the smallest step, 0xD5. About 13 bits of range remain of PCM16.
 */

/** The code of silence. */
export const ALAW_SILENCE = 0xd5;
/** Every even bit is inverted, so that silence is not a run of equal bits (G.711). */
const INVERTED = 0x55;
/** Samples of the two lowest segments share one width of step; below this a segment is not a power of two. */
const LINEAR_BELOW = 256;

function encodeSample(sample: number): number {
  // G.711 counts negative values from -1: ~sample is -sample - 1.
  const magnitude = sample < 0 ? ~sample : sample;
  const sign = sample < 0 ? 0 : 0x80;
  if (magnitude < LINEAR_BELOW) return (sign | (magnitude >> 4)) ^ INVERTED;
  const segment = 24 - Math.clz32(magnitude);
  return (sign | (segment << 4) | ((magnitude >> (segment + 3)) & 0x0f)) ^ INVERTED;
}

function decodeByte(byte: number): number {
  const code = byte ^ INVERTED;
  const segment = (code >> 4) & 0x07;
  // The middle of the step.
  const step = ((code & 0x0f) << 4) + 8;
  const magnitude = segment === 0 ? step : (step + LINEAR_BELOW) << (segment - 1);
  return code & 0x80 ? magnitude : -magnitude;
}

/** Indexed by the sample's 16 bits, unsigned. */
const encoded = Uint8Array.from({ length: 65_536 }, (_, bits) => encodeSample((bits << 16) >> 16));
const decoded = Int16Array.from({ length: 256 }, (_, byte) => decodeByte(byte));

/** PCM16 samples as A-law, one byte each; the rate stays. Off by at most 8 or |sample| / 32, whichever is more. */
export function encodeAlaw(samples: Int16Array): Buffer {
  const bytes = Buffer.allocUnsafe(samples.length);
  for (let n = 0; n < samples.length; n++) bytes[n] = encoded[(samples[n] ?? 0) & 0xffff] ?? ALAW_SILENCE;
  return bytes;
}

/** A-law bytes as PCM16 samples; the rate stays. */
export function decodeAlaw(bytes: Uint8Array): Int16Array {
  const samples = new Int16Array(bytes.length);
  for (let n = 0; n < bytes.length; n++) samples[n] = decoded[bytes[n] ?? ALAW_SILENCE] ?? 0;
  return samples;
}
