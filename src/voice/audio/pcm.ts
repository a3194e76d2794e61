/** PCM16 plumbing: bytes to samples, joining, and cutting a stream into the 20 ms frames of a call. */
import { FRAME_SAMPLES } from '../ports.js';

/** Joins runs of samples into one new array. */
export function concatSamples(pieces: readonly Int16Array[]): Int16Array {
  const joined = new Int16Array(pieces.reduce((total, piece) => total + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}

/**
 * Reads little-endian PCM16. Shares memory where alignment allows (network buffers often start at an odd address; then
 * the bytes are copied).
 * @throws RangeError when the number of bytes is odd.
 */
export function samplesFromBytes(bytes: Uint8Array): Int16Array {
  if (bytes.byteLength % 2 !== 0)
    throw new RangeError(`PCM16 of ${bytes.byteLength} bytes ends in mid-sample.`);
  const aligned = bytes.byteOffset % 2 === 0 ? bytes : Uint8Array.from(bytes);
  return new Int16Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 2);
}

/** The bytes of the samples, little-endian (as every machine Node runs on keeps them). Shares memory. */
export function bytesFromSamples(samples: Int16Array): Uint8Array {
  return new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
}

/** Turns PCM16 bytes that arrive in pieces of any length, cut anywhere, into whole samples. */
export interface SampleReader {
  /** @returns the samples completed by these bytes. */
  push(bytes: Uint8Array): Int16Array;
  /** True when the stream so far ends in mid-sample. */
  readonly midSample: boolean;
}

/** A reader that remembers half a sample between pieces. */
export function createSampleReader(): SampleReader {
  let half: number | undefined;
  return {
    push(bytes) {
      const joined = half === undefined ? bytes : prepend(half, bytes);
      half = joined.length % 2 === 0 ? undefined : joined[joined.length - 1];
      return samplesFromBytes(half === undefined ? joined : joined.subarray(0, -1));
    },
    get midSample() {
      return half !== undefined;
    },
  };
}

function prepend(first: number, rest: Uint8Array): Uint8Array {
  const joined = new Uint8Array(rest.length + 1);
  joined[0] = first;
  joined.set(rest, 1);
  return joined;
}

/** Cuts samples into frames of one fixed length. */
export interface FrameSplitter {
  /** @returns the frames these samples complete; each is its own memory. */
  push(samples: Int16Array): Int16Array[];
  /** @returns the last, partly filled frame padded with silence, or nothing. The splitter is then empty again. */
  flush(): Int16Array[];
}

/** @param frameSamples length of a frame; 320 is 20 ms at 16 kHz. */
export function frameSplitter(frameSamples: number = FRAME_SAMPLES): FrameSplitter {
  let frame = new Int16Array(frameSamples);
  let filled = 0;
  const take = () => {
    const full = frame;
    frame = new Int16Array(frameSamples);
    filled = 0;
    return full;
  };
  return {
    push(samples) {
      const frames: Int16Array[] = [];
      for (let at = 0; at < samples.length;) {
        const piece = samples.subarray(at, at + frameSamples - filled);
        frame.set(piece, filled);
        filled += piece.length;
        at += piece.length;
        if (filled === frameSamples) frames.push(take());
      }
      return frames;
    },
    flush: () => (filled > 0 ? [take()] : []),
  };
}
