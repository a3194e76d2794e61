import { exportJWK, generateKeyPair, type JSONWebKeySet, SignJWT } from 'jose';
import type { Role } from '../../src/api/permissions.js';

export const TEST_ISSUER = 'hermes';
export const TEST_AUDIENCE = 'hermes-api';
const KEY_ID = 'test-key';

const keyPair = generateKeyPair('RS256', { modulusLength: 2048, extractable: true });

/** The public half of the key test tokens are signed with; one per jest worker. */
export async function testJwks(): Promise<JSONWebKeySet> {
  const { publicKey } = await keyPair;
  return { keys: [{ ...(await exportJWK(publicKey)), kid: KEY_ID, alg: 'RS256', use: 'sig' }] };
}

export interface TestTokenOptions {
  tenantId: string;
  /** Default STAFF. */
  roles?: Role[];
  subject?: string;
  /** As jose understands it, e.g. `10m`, `-1m`. */
  expiresIn?: string;
  issuer?: string;
  audience?: string;
}

/** A token the API accepts, unless an option makes it one it must refuse. */
export async function signTestToken(options: TestTokenOptions): Promise<string> {
  const { privateKey } = await keyPair;
  return new SignJWT({ tenant_id: options.tenantId, roles: options.roles ?? ['STAFF'] })
    .setProtectedHeader({ alg: 'RS256', kid: KEY_ID })
    .setSubject(options.subject ?? 'user-1')
    .setIssuer(options.issuer ?? TEST_ISSUER)
    .setAudience(options.audience ?? TEST_AUDIENCE)
    .setIssuedAt()
    .setExpirationTime(options.expiresIn ?? '10m')
    .sign(privateKey);
}
