/** Reads a stereo WAV file of 16-bit sound the way any program would: by its head. */
export interface Stereo {
  rateHz: number;
  left: Int16Array;
  right: Int16Array;
}

/** @throws Error when the head does not describe what follows. */
export function readStereo(wav: Buffer): Stereo {
  const text = (at: number): string => wav.toString('latin1', at, at + 4);
  if (text(0) !== 'RIFF' || text(8) !== 'WAVE' || text(36) !== 'data') throw new Error('not a WAV file');
  if (wav.readUInt16LE(22) !== 2 || wav.readUInt16LE(34) !== 16) throw new Error('not 16-bit stereo');
  if (wav.readUInt32LE(4) !== wav.length - 8 || wav.readUInt32LE(40) !== wav.length - 44)
    throw new Error(`the head promises ${wav.readUInt32LE(40)} bytes, there are ${wav.length - 44}`);
  const frames = (wav.length - 44) / 4;
  const side = (offset: number): Int16Array =>
    Int16Array.from({ length: frames }, (_, i) => wav.readInt16LE(44 + i * 4 + offset));
  return { rateHz: wav.readUInt32LE(24), left: side(0), right: side(2) };
}

/** The level of each 20 ms of one side, from its first sample. */
export const levels = (side: Int16Array): number[] => Array.from(side.filter((_, i) => i % 320 === 0));
