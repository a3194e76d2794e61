import { writeFile } from 'node:fs/promises';
import { importJWK, SignJWT, type JWK } from 'jose';
import type { SigningKey } from './secrets.js';

/** Long enough for a working day with the demo; re-minted at each start. */
const TOKEN_LIFE = '12h';

export interface TokenOptions {
  issuer: string;
  audience: string;
  tenantId: string;
}

/** Writes the public half of the key as a JWKS, for the edge to check tokens with. */
export async function writeJwks(path: string, key: SigningKey): Promise<void> {
  const { kty, n, e, kid, alg, use } = key;
  const publicKey: JWK = { kty, n, e, kid, alg, use } as JWK;
  await writeFile(path, JSON.stringify({ keys: [publicKey] }));
}

/** A token of an ADMIN of the tenant, good for 12 hours. */
export async function mintToken(key: SigningKey, options: TokenOptions): Promise<string> {
  return new SignJWT({ tenant_id: options.tenantId, roles: ['ADMIN'] })
    .setProtectedHeader({ alg: 'RS256', kid: key.kid })
    .setSubject('demo-admin')
    .setIssuer(options.issuer)
    .setAudience(options.audience)
    .setIssuedAt()
    .setExpirationTime(TOKEN_LIFE)
    .sign(await importJWK(key, 'RS256'));
}
