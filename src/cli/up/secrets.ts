import { randomBytes, randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
import { z } from 'zod';
import { errorCode } from './error-code.js';

const Passwords = z.object({ superuser: z.string(), owner: z.string(), edge: z.string() });
export type DatabasePasswords = z.infer<typeof Passwords>;

/** The private signing key, as a JWK with its key id. */
export type SigningKey = JWK & { kid: string };

/** Passwords of the embedded PostgreSQL, made at first use. */
export function databasePasswords(directory: string): DatabasePasswords {
  const fresh = (): string => randomBytes(24).toString('base64url');
  const made = (): string => JSON.stringify({ superuser: fresh(), owner: fresh(), edge: fresh() });
  return Passwords.parse(JSON.parse(keep(directory, 'postgres.json', made)));
}

/** The key that seals vendor tokens and journals (32 bytes, base64), made at first use. */
export const secretKey = (directory: string): string =>
  keep(directory, 'secret-key', () => randomBytes(32).toString('base64'));

/**
 * The keys that seal what Temporal keeps, newest first, as HERMES_PAYLOAD_KEYS wants them; one is made at first use,
 * named after the day.
 */
export const payloadKeys = (directory: string): string => keep(directory, 'payload-keys', newPayloadKey);

/** A fresh key as `ID:KEY`. */
export const newPayloadKey = (): string =>
  `${new Date().toISOString().slice(0, 10)}-${randomBytes(2).toString('hex')}:${randomBytes(32).toString('base64')}`;

/** The key that signs this stack's own API tokens (RS256), made at first use. */
export async function signingKey(directory: string): Promise<SigningKey> {
  const known = read(directory, 'signing-key.json');
  if (known !== undefined) return JSON.parse(known) as SigningKey;
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = await exportJWK(privateKey);
  const key: SigningKey = { ...jwk, kid: await calculateJwkThumbprint(jwk), alg: 'RS256', use: 'sig' };
  return JSON.parse(keep(directory, 'signing-key.json', () => JSON.stringify(key))) as SigningKey;
}

/** Reads a secret, or stores a new one that only we may read. Never half written: it is linked into place whole. */
function keep(directory: string, name: string, make: () => string): string {
  const known = read(directory, name);
  if (known !== undefined) return known;
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const scratch = join(directory, `${name}.${randomUUID()}`);
  const secret = make();
  try {
    writeFileSync(scratch, secret, { mode: 0o600, flush: true });
    linkSync(scratch, join(directory, name));
  } finally {
    rmSync(scratch, { force: true });
  }
  return secret;
}

function read(directory: string, name: string): string | undefined {
  try {
    return readFileSync(join(directory, name), 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
