/**
 * G.711 mu-law, the telephone network's code of 8 bits a sample at 8,000 Hz (ITU-T G.711, table 2a), by table: the sign,
 * three bits of segment and four of step, all inverted. Silence is 0xFF. About 14 bits of range remain of PCM16.
 */

/** Added before the logarithm, so that the first segment is as wide as its steps (G.711: 33 in 14 bits). */
const BIAS = 132;
/** The largest magnitude the code reaches; louder samples are clipped. */
const CLIP = 32_635;

/** The code of silence. */
export const MULAW_SILENCE = 0xff;
export const MULAW_RATE_HZ = 8_000;
/** Bytes of a millisecond. */
export const MULAW_BYTES_PER_MS = 8;

function encodeSample(sample: number): number {
  const magnitude = Math.min(Math.abs(sample), CLIP) + BIAS;
  const segment = 24 - Math.clz32(magnitude);
  const step = (magnitude >> (segment + 3)) & 0x0f;
  return ~((sample < 0 ? 0x80 : 0) | (segment << 4) | step) & 0xff;
}

function decodeByte(byte: number): number {
  const code = ~byte & 0xff;
  const magnitude = ((((code & 0x0f) << 3) + BIAS) << ((code >> 4) & 0x07)) - BIAS;
  return code & 0x80 ? -magnitude : magnitude;
}

/** Indexed by the sample's 16 bits, unsigned. */
const encoded = Uint8Array.from({ length: 65_536 }, (_, bits) => encodeSample((bits << 16) >> 16));
const decoded = Int16Array.from({ length: 256 }, (_, byte) => decodeByte(byte));

/** PCM16 samples as mu-law, one byte each; the rate stays. Off by at most (|sample| + 132) / 32. */
export function encodeMulaw(samples: Int16Array): Buffer {
  const bytes = Buffer.allocUnsafe(samples.length);
  for (let n = 0; n < samples.length; n++) bytes[n] = encoded[(samples[n] ?? 0) & 0xffff] ?? MULAW_SILENCE;
  return bytes;
}

/** Mu-law bytes as PCM16 samples; the rate stays. */
export function decodeMulaw(bytes: Uint8Array): Int16Array {
  const samples = new Int16Array(bytes.length);
  for (let n = 0; n < bytes.length; n++) samples[n] = decoded[bytes[n] ?? MULAW_SILENCE] ?? 0;
  return samples;
}
