import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose';
import { databasePasswords, secretKey, signingKey } from '../../../src/cli/up/secrets.js';
import { mintToken, writeJwks } from '../../../src/cli/up/tokens.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'hermes-secrets-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test('secrets are made once, kept over restarts, and readable by nobody else', async () => {
  const secrets = join(directory, 'secrets');
  const first = [databasePasswords(secrets), secretKey(secrets), await signingKey(secrets)];
  expect([databasePasswords(secrets), secretKey(secrets), await signingKey(secrets)]).toEqual(first);
  expect(Buffer.from(secretKey(secrets), 'base64')).toHaveLength(32);
  expect(statSync(secrets).mode & 0o777).toBe(0o700);
  expect(readdirSync(secrets)).toHaveLength(3);
  for (const name of readdirSync(secrets)) expect(statSync(join(secrets, name)).mode & 0o777).toBe(0o600);
});

test('the token is good for the edge’s public keys, which hold nothing private', async () => {
  const key = await signingKey(directory);
  await writeJwks(join(directory, 'jwks.json'), key);
  const jwks = JSON.parse(readFileSync(join(directory, 'jwks.json'), 'utf8')) as JSONWebKeySet;
  expect(Object.keys(jwks.keys[0]!).toSorted()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);

  const claims = { issuer: 'hermes', audience: 'hermes-api' };
  const token = await mintToken(key, { ...claims, tenantId: 'harbor-vale' });
  const { payload, protectedHeader } = await jwtVerify(token, createLocalJWKSet(jwks), claims);
  expect(protectedHeader.alg).toBe('RS256');
  expect(payload).toMatchObject({ tenant_id: 'harbor-vale', roles: ['ADMIN'] });
  expect(payload.exp! - payload.iat!).toBe(12 * 3_600);
});
