import { createHash, randomBytes } from 'node:crypto';
import type { TenantId } from '../domain/ids.js';

/**
 * The token that lets one caller onto one call: `hs_<tenant>.<43 characters>`. It names its tenant, because row-level
 * security needs to know whose rows to search; the 256 random bits are the secret. Only its SHA-256 is stored, which is
 * enough for a random secret that lives five minutes (a slow hash protects guessable ones).
 */
const FORMAT = /^hs_([a-z0-9][a-z0-9-]{1,39})\.[0-9A-Za-z_-]{43}$/;

/** Time from the session answer to the first frame: opening a socket takes a second, a person's click some more. */
export const SESSION_TOKEN_LIFETIME_MS = 300_000;

export const issueSessionToken = (tenantId: TenantId): string =>
  `hs_${tenantId}.${randomBytes(32).toString('base64url')}`;

export interface SessionToken {
  tenantId: TenantId;
  hash: Buffer;
}

/** The tenant a token names (not yet proven) and the hash it is stored under; undefined when it is no token of ours. */
export function parseSessionToken(token: string): SessionToken | undefined {
  const tenantId = FORMAT.exec(token)?.[1];
  return tenantId === undefined ? undefined : { tenantId, hash: hashSessionToken(token) };
}

export const hashSessionToken = (token: string): Buffer => createHash('sha256').update(token).digest();
