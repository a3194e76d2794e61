/**
 * A recording at rest. Head: `HREC`, version (1 byte), length of the sealed file key (2), the sealed file key (it begins
 * with the id of the key it is sealed under). Then chunks: length of the plain bytes (4), flags (1), nonce (12),
 * ciphertext, tag (16). AES-256-GCM under the file's own key; position, flags and length of a chunk are authenticated with
 * it, so none can be changed, moved or left out, and without the last one the file is known to be cut short. Chunk 0 holds
 * the facts as JSON, every other one sound. Numbers are big-endian.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const MAGIC = Buffer.from('HREC', 'latin1');
const VERSION = 1;
/** GCM: 12-byte nonce, 16-byte tag (NIST SP 800-38D). Random nonces are safe for far more chunks than a call has. */
const [NONCE_BYTES, TAG_BYTES] = [12, 16];
export const KEY_BYTES = 32;
const LAST = 1;

export const FIXED_HEAD_BYTES = MAGIC.length + 3;
export const CHUNK_HEAD_BYTES = 4 + 1 + NONCE_BYTES;
/** What a chunk takes beside its plain bytes. */
export const CHUNK_OVERHEAD_BYTES = CHUNK_HEAD_BYTES + TAG_BYTES;
/** No chunk of ours is larger; a longer one is damage, and nobody reserves memory for it. */
const LONGEST_CHUNK = 4 * 1_048_576;

/** The bytes are no recording of ours, are sealed under another key, or were changed. */
export class RecordingError extends Error {
  override readonly name = 'RecordingError';
  constructor(
    readonly kind: 'not_a_recording' | 'wrong_key' | 'damaged',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** What the file key is sealed for: it opens for no other call. */
export const keyContext = (tenantId: string, callId: string): string => `recording:${tenantId}:${callId}`;

/** The start of a file. */
export function encodeHead(sealedKey: Uint8Array): Buffer {
  const fixed = Buffer.alloc(FIXED_HEAD_BYTES);
  MAGIC.copy(fixed);
  fixed[MAGIC.length] = VERSION;
  fixed.writeUInt16BE(sealedKey.length, MAGIC.length + 1);
  return Buffer.concat([fixed, sealedKey]);
}

/** Length of the sealed key that follows the first bytes. @throws RecordingError when they are not ours. */
export function sealedKeyBytes(fixed: Buffer): number {
  if (!fixed.subarray(0, MAGIC.length).equals(MAGIC) || fixed[MAGIC.length] !== VERSION)
    throw new RecordingError('not_a_recording', 'the file does not begin as a recording does');
  return fixed.readUInt16BE(MAGIC.length + 1);
}

const associated = (index: number, head: Buffer): Buffer => {
  const data = Buffer.alloc(10);
  data[0] = VERSION;
  data.writeUInt32BE(index, 1);
  head.copy(data, 5, 0, 5);
  return data;
};

/** Seals one chunk. @param index its position in the file, from 0. */
export function sealChunk(key: Uint8Array, index: number, plain: Uint8Array, last: boolean): Buffer {
  const sealed = Buffer.alloc(CHUNK_OVERHEAD_BYTES + plain.length);
  sealed.writeUInt32BE(plain.length, 0);
  sealed[4] = last ? LAST : 0;
  const nonce = randomBytes(NONCE_BYTES);
  nonce.copy(sealed, 5);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(associated(index, sealed));
  cipher.update(plain).copy(sealed, CHUNK_HEAD_BYTES);
  cipher.final();
  cipher.getAuthTag().copy(sealed, CHUNK_HEAD_BYTES + plain.length);
  return sealed;
}

/** Length of the plain bytes of a chunk, from its head. @throws RecordingError when no chunk is so long. */
export function chunkBytes(head: Buffer): number {
  const length = head.readUInt32BE(0);
  if (length > LONGEST_CHUNK) throw new RecordingError('damaged', 'a chunk claims an impossible length');
  return length;
}

export const isLastChunk = (head: Buffer): boolean => head[4] === LAST;

/** Opens one whole chunk. @throws RecordingError when a bit of it, or its place in the file, is not as written. */
export function openChunk(key: Uint8Array, index: number, sealed: Buffer): Buffer {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(5, CHUNK_HEAD_BYTES))
      .setAAD(associated(index, sealed))
      .setAuthTag(sealed.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(sealed.subarray(CHUNK_HEAD_BYTES, -TAG_BYTES)), decipher.final()]);
  } catch (error) {
    throw new RecordingError('damaged', 'a chunk is not as it was written', { cause: error });
  }
}
