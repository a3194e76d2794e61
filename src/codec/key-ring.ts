import { hkdfSync } from 'node:crypto';
import { PayloadKeyMissingError } from './errors.js';

/** A key as the settings hold it. `id` travels in clear with every payload; `secret` is 32 bytes. */
export interface PayloadKey {
  id: string;
  secret: Uint8Array;
}

/** The keys of this installation, one derived from them for each firm. */
export interface KeyRing {
  /** New payloads are sealed under this one. */
  readonly newestId: string;
  readonly ids: readonly string[];
  /**
   * The 32 bytes of one firm under one key: HKDF-SHA-256 (RFC 5869). No firm's payload opens with another's, and each
   * firm has the 2³² random nonces of a key to itself (NIST SP 800-38D, 8.3).
   * @throws PayloadKeyMissingError
   */
  keyOf(id: string, tenant: string): Buffer;
}

/** Derived keys are kept, because deriving one costs ten times as much as sealing a payload. */
const MAX_KEPT = 10_000;

/**
 * @param keys newest first.
 * @throws RangeError when there is none, an id comes twice, or a key is not 32 bytes long.
 */
export function createKeyRing(keys: readonly PayloadKey[]): KeyRing {
  const [newest] = keys;
  if (!newest) throw new RangeError('a ring of payload keys needs at least one');
  const secrets = new Map(keys.map(({ id, secret }) => [id, secret]));
  if (secrets.size < keys.length) throw new RangeError('an id of a payload key comes twice');
  if (keys.some(({ secret }) => secret.length !== 32)) throw new RangeError('a payload key has 32 bytes');
  const ids = [...secrets.keys()];
  const kept = new Map<string, Buffer>();
  return {
    newestId: newest.id,
    ids,
    keyOf(id, tenant) {
      const name = `${id}\n${tenant}`;
      const known = kept.get(name);
      if (known) return known;
      const secret = secrets.get(id);
      if (!secret) throw new PayloadKeyMissingError(id, ids);
      const derived = Buffer.from(hkdfSync('sha256', secret, '', `hermes temporal payload ${tenant}`, 32));
      if (kept.size >= MAX_KEPT) kept.clear();
      kept.set(name, derived);
      return derived;
    },
  };
}
