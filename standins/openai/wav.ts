/** Mono PCM16 in a WAV file. */
export interface WavAudio {
  samples: Int16Array;
  rateHz: number;
}

/** As streaming servers write it: the length is not known yet, so it is given as the largest there is. */
const UNKNOWN_LENGTH = 0xffff_ffff;

/** The 44 bytes before mono PCM16 of unknown length. */
export function wavHeader(rateHz: number): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(UNKNOWN_LENGTH, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(rateHz, 24);
  header.writeUInt32LE(rateHz * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(UNKNOWN_LENGTH, 40);
  return header;
}

/** @returns undefined when the bytes are not a WAV file of mono PCM16. */
export function readWav(bytes: Buffer): WavAudio | undefined {
  if (bytes.toString('latin1', 0, 4) !== 'RIFF' || bytes.toString('latin1', 8, 12) !== 'WAVE')
    return undefined;
  let rateHz: number | undefined;
  for (let at = 12; at + 8 <= bytes.length;) {
    const name = bytes.toString('latin1', at, at + 4);
    const length = bytes.readUInt32LE(at + 4);
    const body = bytes.subarray(at + 8, at + 8 + length);
    if (name === 'fmt ' && body.length >= 16) rateHz = monoPcm16Rate(body);
    if (name === 'data' && rateHz !== undefined) return { rateHz, samples: samplesOf(body) };
    at += 8 + length + (length % 2);
  }
  return undefined;
}

function monoPcm16Rate(format: Buffer): number | undefined {
  const plain =
    format.readUInt16LE(0) === 1 && format.readUInt16LE(2) === 1 && format.readUInt16LE(14) === 16;
  return plain ? format.readUInt32LE(4) : undefined;
}

/** PCM16 little-endian as samples; half a sample at the end is dropped. */
export function samplesOf(bytes: Buffer): Int16Array {
  return Int16Array.from({ length: bytes.length >> 1 }, (_, i) => bytes.readInt16LE(i * 2));
}
