import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** Seals secrets at rest. `context` says what the secret is for; the same one is needed to open it. */
export interface Cipher {
  seal(plain: string, context: string): Buffer;
  /** @throws Error when the bytes were changed, sealed under another key, or sealed for another context. */
  open(sealed: Uint8Array, context: string): string;
}

const KEY_ID = 1;
/** GCM: 12-byte nonce, 16-byte tag (NIST SP 800-38D). */
const [IV_BYTES, TAG_BYTES] = [12, 16];

/**
 * AES-256-GCM. Layout: key id (1 byte), nonce, ciphertext, tag. The key id and the context are authenticated with it, so
 * a row copied to another firm does not open there, and a later key can be told from this one.
 * @param key32 exactly 32 bytes.
 */
export function createCipher(key32: Uint8Array): Cipher {
  if (key32.length !== 32) throw new RangeError(`a key of 32 bytes is needed, got ${key32.length}`);
  const associated = (context: string): Buffer =>
    Buffer.concat([Buffer.of(KEY_ID), Buffer.from(context, 'utf8')]);
  return {
    seal(plain, context) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key32, iv).setAAD(associated(context));
      const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return Buffer.concat([Buffer.of(KEY_ID), iv, sealed, cipher.getAuthTag()]);
    },
    open(sealed, context) {
      const bytes = Buffer.from(sealed);
      if (bytes.length < 1 + IV_BYTES + TAG_BYTES || bytes[0] !== KEY_ID)
        throw new Error('not sealed under a key we have');
      const body = bytes.subarray(1 + IV_BYTES, -TAG_BYTES);
      const decipher = createDecipheriv('aes-256-gcm', key32, bytes.subarray(1, 1 + IV_BYTES))
        .setAAD(associated(context))
        .setAuthTag(bytes.subarray(-TAG_BYTES));
      return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
    },
  };
}
