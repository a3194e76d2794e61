/**
 * A Temporal payload, sealed: the whole payload (data and metadata) is encrypted with AES-256-GCM; key id and firm stand
 * in clear beside it and are authenticated, so that neither can be exchanged.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Payload } from '@temporalio/common';
import proto from '@temporalio/proto';
import { PayloadDamagedError } from './errors.js';
import type { KeyRing } from './key-ring.js';

const { Payload: Wire } = proto.temporal.api.common.v1;

/** Stands for no single firm. No tenant id can look like it. */
export const SHARED = '_shared';

/** What Temporal's own samples and tools call it. */
const ENCODING = 'binary/encrypted';
const CIPHER = 'aes-256-gcm/1';
/** GCM: 12-byte nonce, 16-byte tag (NIST SP 800-38D). */
const [IV_BYTES, TAG_BYTES] = [12, 16];

/** What a sealed payload says of itself in clear. */
export interface Label {
  keyId: string;
  tenant: string;
}

const utf8 = (text: string): Uint8Array => Buffer.from(text, 'utf8');
const text = (bytes: Uint8Array | null | undefined): string =>
  bytes ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8') : '';

/**
 * The label of a sealed payload; undefined for one in clear.
 * @throws PayloadDamagedError when it is sealed in a way this version does not know.
 */
export function labelOf({ metadata }: Payload): Label | undefined {
  if (text(metadata?.['encoding']) !== ENCODING) return undefined;
  const cipher = text(metadata?.['encryption-cipher']);
  if (cipher !== CIPHER)
    throw new PayloadDamagedError(`a payload is sealed with "${cipher}", this version reads ${CIPHER}`);
  return { keyId: text(metadata?.['encryption-key-id']), tenant: text(metadata?.['hermes-tenant']) };
}

const associated = ({ keyId, tenant }: Label): Uint8Array => utf8(`${CIPHER}\n${keyId}\n${tenant}`);

/** Seals under the newest key. @param tenant a tenant id, or `SHARED`. */
export function seal(ring: KeyRing, payload: Payload, tenant: string): Payload {
  const label = { keyId: ring.newestId, tenant };
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', ring.keyOf(label.keyId, tenant), iv).setAAD(associated(label));
  const sealed = cipher.update(Wire.encode(payload).finish());
  const rest = cipher.final();
  return {
    metadata: {
      encoding: utf8(ENCODING),
      'encryption-cipher': utf8(CIPHER),
      'encryption-key-id': utf8(label.keyId),
      'hermes-tenant': utf8(tenant),
    },
    data: Buffer.concat([iv, sealed, rest, cipher.getAuthTag()]),
  };
}

/**
 * Opens what `seal` made.
 * @throws PayloadKeyMissingError; PayloadDamagedError when the bytes or the label were changed.
 */
export function open(ring: KeyRing, payload: Payload, label: Label): Payload {
  const key = ring.keyOf(label.keyId, label.tenant);
  const bytes = payload.data ?? new Uint8Array();
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES), {
      authTagLength: TAG_BYTES,
    })
      .setAAD(associated(label))
      .setAuthTag(bytes.subarray(-TAG_BYTES));
    const opened = decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES));
    return Wire.decode(Buffer.concat([opened, decipher.final()]));
  } catch (cause) {
    throw new PayloadDamagedError(
      `a payload sealed under key "${label.keyId}" for "${label.tenant}" does not open: it was changed or cut`,
      { cause },
    );
  }
}
