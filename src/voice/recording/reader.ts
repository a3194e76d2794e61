/** Reads encrypted recordings as a stream, from any store. */
import type { CallId, TenantId } from '../../domain/ids.js';
import type { KeyWrap } from './contract.js';
import {
  CHUNK_HEAD_BYTES,
  CHUNK_OVERHEAD_BYTES,
  chunkBytes,
  FIXED_HEAD_BYTES,
  isLastChunk,
  keyContext,
  openChunk,
  RecordingError,
  sealedKeyBytes,
} from './format.js';
import { stereoWavHeader } from './stereo.js';

/** Which recording is expected, and the key of the process. */
export interface ReadAs {
  tenantId: TenantId;
  callId: CallId;
  keys: KeyWrap;
}

/** Gives the next `count` bytes; fewer only at the end. */
export type ReadBytes = (count: number) => Promise<Buffer>;

function bytesOf(source: AsyncIterable<Uint8Array>): { read: ReadBytes; close: () => Promise<void> } {
  const pieces = source[Symbol.asyncIterator]();
  let kept: Buffer[] = [];
  let length = 0;
  const read: ReadBytes = async (count) => {
    while (length < count) {
      const next = await pieces.next();
      if (next.done) break;
      kept.push(Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength));
      length += next.value.byteLength;
    }
    const all = kept.length === 1 && kept[0] ? kept[0] : Buffer.concat(kept);
    const taken = all.subarray(0, count);
    kept = all.length > count ? [all.subarray(count)] : [];
    length = Math.max(0, all.length - count);
    return taken;
  };
  const close = async (): Promise<void> => {
    await pieces.return?.();
  };
  return { read, close };
}

/** Opens the key of the file. @throws RecordingError when it is no recording, or not the one expected. */
export async function readKey(read: ReadBytes, { tenantId, callId, keys }: ReadAs): Promise<Uint8Array> {
  const fixed = await read(FIXED_HEAD_BYTES);
  if (fixed.length < FIXED_HEAD_BYTES) throw new RecordingError('not_a_recording', 'the file is too short');
  const sealed = await read(sealedKeyBytes(fixed));
  try {
    return keys.open(sealed, keyContext(tenantId, callId));
  } catch (error) {
    throw new RecordingError('wrong_key', 'the recording does not open with this key for this call', {
      cause: error,
    });
  }
}

/** The next whole chunk, still sealed; null where the file ends, in the middle of a chunk too. */
export async function readChunk(read: ReadBytes): Promise<Buffer | null> {
  const head = await read(CHUNK_HEAD_BYTES);
  if (head.length < CHUNK_HEAD_BYTES) return null;
  const restBytes = chunkBytes(head) + CHUNK_OVERHEAD_BYTES - CHUNK_HEAD_BYTES;
  const rest = await read(restBytes);
  return rest.length < restBytes ? null : Buffer.concat([head, rest]);
}

/**
 * The sound of a recording, chunk by chunk. A file that was cut short gives what is whole.
 * @returns (as the generator's result) whether the end was reached.
 * @throws RecordingError when it is not this recording or was changed; what was given before is as it was written.
 */
export async function* readSound(
  source: AsyncIterable<Uint8Array>,
  as: ReadAs,
): AsyncGenerator<Buffer, boolean> {
  const { read, close } = bytesOf(source);
  try {
    const key = await readKey(read, as);
    for (let index = 0; ; index++) {
      const sealed = await readChunk(read);
      if (!sealed) return false;
      const plain = openChunk(key, index, sealed);
      if (index > 0 && plain.length > 0) yield plain;
      if (isLastChunk(sealed)) return true;
    }
  } finally {
    await close();
  }
}

/**
 * A recording as a WAV file.
 * @param pcmBytes length of the sound; undefined when unknown: the head says so, as WAV writers that stream do.
 * @throws RecordingError as `readSound`, and when there is less sound than was promised.
 */
export async function* readWav(
  source: AsyncIterable<Uint8Array>,
  as: ReadAs,
  pcmBytes?: number,
): AsyncGenerator<Buffer> {
  yield stereoWavHeader(pcmBytes);
  let given = 0;
  for await (const pcm of readSound(source, as)) {
    given += pcm.length;
    yield pcm;
  }
  if (pcmBytes !== undefined && given !== pcmBytes)
    throw new RecordingError('damaged', 'there is not as much sound as was written');
}
