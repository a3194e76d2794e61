import { readFile } from 'node:fs/promises';
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  errors,
  type JSONWebKeySet,
  type JWTVerifyGetKey,
} from 'jose';

/** A missing key may mean that keys were rotated; the file is read again at most this often. */
const RELOAD_COOLDOWN_MS = 5_000;

/**
 * The public keys that sign API tokens. A URL is fetched when needed, within 5 s, kept for ten minutes and fetched again
 * (at most every 30 s) when a token names an unknown key; a file is read now and again when that happens.
 * @param location http(s) URL or path of a JWKS.
 * @throws Error when the file cannot be read or is not a JWKS; remote trouble surfaces at the first token.
 */
export async function loadKeys(location: string): Promise<JWTVerifyGetKey> {
  if (/^https?:\/\//.test(location))
    return createRemoteJWKSet(new URL(location), {
      timeoutDuration: 5_000,
      cooldownDuration: 30_000,
      cacheMaxAge: 600_000,
    });
  let keys = await readKeys(location);
  let readAtMs = Date.now();
  return async (header, token) => {
    try {
      return await keys(header, token);
    } catch (error) {
      const stale = Date.now() - readAtMs > RELOAD_COOLDOWN_MS;
      if (!(error instanceof errors.JWKSNoMatchingKey) || !stale) throw error;
      readAtMs = Date.now();
      keys = await readKeys(location);
      return keys(header, token);
    }
  };
}

const readKeys = async (path: string): Promise<JWTVerifyGetKey> =>
  createLocalJWKSet(JSON.parse(await readFile(path, 'utf8')) as JSONWebKeySet);
