import { afterAll, beforeAll, describe, expect, test, jest } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { App } from '../../src/api/app-types.js';
import { loadKeys } from '../../src/api/jwks.js';
import { NATIVE_STREAM_PATH } from '../../src/api/routes/sessions.js';
import { TWILIO_STREAM_PATH } from '../../src/api/routes/twilio.js';
import type { Role } from '../../src/api/permissions.js';
import { isAllowed, permissions, type Permission } from '../../src/api/permissions.js';
import {
  signTestToken,
  TEST_AUDIENCE,
  TEST_ISSUER,
  testJwks,
  type TestTokenOptions,
} from '../support/tokens.js';
import { bearer, testApp } from './support/app.js';

const url = '/api/v1/monitoring/performance';
let app: App;
beforeAll(async () => {
  app = await testApp();
});
afterAll(() => app.close());

const status = async (authorization?: string): Promise<number> =>
  (await app.inject({ url, headers: authorization === undefined ? {} : { authorization } })).statusCode;

const unsigned = (header: object, claims: object): string =>
  [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
const claims = {
  sub: 'x',
  tenant_id: 'firm-a',
  roles: ['ADMIN'],
  iss: TEST_ISSUER,
  aud: TEST_AUDIENCE,
  exp: 4e9,
};

describe('who may enter', () => {
  test('a valid token lets its bearer in', async () => {
    expect(await status(`Bearer ${await signTestToken({ tenantId: 'firm-a' })}`)).toBe(200);
  });

  test.each(['', 'Bearer', 'Basic dXNlcjpwYXNz', 'Bearer not.a.jwt', 'Bearer <script>'])(
    '%j is refused',
    async (header) => {
      const response = await app.inject({ url, headers: { authorization: header } });
      expect(response.statusCode).toBe(401);
      expect(response.headers['www-authenticate']).toBe('Bearer');
    },
  );

  const wrong: Record<string, Partial<TestTokenOptions>> = {
    'that has expired': { expiresIn: '-1m' },
    'of another issuer': { issuer: 'somebody' },
    'for another audience': { audience: 'another-api' },
    'of an impossible tenant': { tenantId: 'Firm A; drop' },
  };
  test.each(Object.entries(wrong))('a token %s is refused', async (_name, options) => {
    expect(await status(`Bearer ${await signTestToken({ tenantId: 'firm-a', ...options })}`)).toBe(401);
  });

  test('a token that chooses no signature is refused', async () => {
    expect(await status(`Bearer ${unsigned({ alg: 'none' }, claims)}.`)).toBe(401);
  });

  test('a token signed with the public key as a shared secret is refused', async () => {
    const { keys } = await testJwks();
    const body = unsigned({ alg: 'HS256', kid: 'test-key' }, claims);
    const signature = createHmac('sha256', JSON.stringify(keys[0])).update(body).digest('base64url');
    expect(await status(`Bearer ${body}.${signature}`)).toBe(401);
  });

  test('a token whose claims were changed after signing is refused', async () => {
    const [header, , signature] = (await signTestToken({ tenantId: 'firm-a' })).split('.');
    const forged = Buffer.from(JSON.stringify({ ...claims, tenant_id: 'firm-b' })).toString('base64url');
    expect(await status(`Bearer ${header}.${forged}.${signature}`)).toBe(401);
  });
});

describe('who may do what', () => {
  test('a read-only user may look at dead letters but not retry them', async () => {
    const headers = await bearer({ tenantId: 'firm-a', roles: ['READ_ONLY'] });
    const retry = {
      method: 'POST',
      url: '/api/v1/dlq/retry',
      headers,
      payload: { message_ids: ['x'] },
    } as const;
    const refused = await app.inject(retry);
    expect(refused.statusCode).toBe(403);
    expect(refused.json()).toMatchObject({
      code: 'forbidden',
      detail: 'Needs the permission dead-letters:retry.',
    });
    const staff = await bearer({ tenantId: 'firm-a', roles: ['STAFF'] });
    expect((await app.inject({ ...retry, headers: staff })).statusCode).toBe(200);
  });

  test('roles nobody knows carry nothing', async () => {
    const headers = await bearer({ tenantId: 'firm-a', roles: ['OWNER' as Role] });
    expect((await app.inject({ url, headers })).statusCode).toBe(403);
  });

  test('read-only users hold exactly the reading permissions but those of the audit log and of webhooks, administrators all of them', () => {
    const held = (role: Role): Permission[] =>
      (Object.keys(permissions) as Permission[]).filter((permission) =>
        isAllowed({ subject: 'x', tenantId: 'firm-a', roles: [role] }, permission),
      );
    expect(held('READ_ONLY')).toEqual(
      (Object.keys(permissions) as Permission[]).filter(
        (p) => p.endsWith(':read') && p !== 'audit:read' && p !== 'webhooks:read',
      ),
    );
    expect(held('ADMIN')).toEqual(Object.keys(permissions));
  });

  const sockets = [NATIVE_STREAM_PATH, TWILIO_STREAM_PATH];
  test('every route under /api/v1 refuses a request without a token', async () => {
    const { paths } = (await app.inject('/docs/json')).json<{
      paths: Record<string, Record<string, unknown>>;
    }>();
    const guarded = Object.entries(paths).filter(([path]) => path.startsWith('/api/v1'));
    expect(guarded.length).toBeGreaterThanOrEqual(9);
    for (const [path, methods] of guarded) {
      for (const method of Object.keys(methods)) {
        const request = { method: method.toUpperCase() as 'GET', url: path.replace(/\{\w+\}/, 'x') };
        // LawPay's events are admitted by a secret in their address, and here is not even an event.
        if (path.includes('/webhooks/')) continue;
        // Webhooks of the telephone network are admitted by signature, calls by what their socket says first.
        const refusal = path.includes('/voice/twilio/') ? 403 : sockets.includes(path) ? 426 : 401;
        expect([path, (await app.inject(request)).statusCode]).toEqual([path, refusal]);
      }
    }
  });
});

describe('the keys', () => {
  test('are read from a file, and five seconds later again when a token names a new one', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'jwks-'));
    const file = join(directory, 'jwks.json');
    const rotated = await testJwks();
    const before = { keys: rotated.keys.map((key) => ({ ...key, kid: 'before' })) };
    await writeFile(file, JSON.stringify(before));
    const own = await testApp({
      auth: { keys: await loadKeys(file), issuer: TEST_ISSUER, audience: TEST_AUDIENCE },
    });
    const headers = await bearer({ tenantId: 'firm-a' });
    const ask = async (): Promise<number> => (await own.inject({ url, headers })).statusCode;
    expect(await ask()).toBe(401);
    await writeFile(file, JSON.stringify(rotated));
    const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 6_000);
    expect(await ask()).toBe(200);
    clock.mockRestore();
    await own.close();
    await rm(directory, { recursive: true });
  });

  test('that cannot be fetched are our trouble, not the token’s', async () => {
    const server: Server = createServer((_, response) => response.writeHead(500).end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`;
    const keys = await loadKeys(address);
    const own = await testApp({ auth: { keys, issuer: TEST_ISSUER, audience: TEST_AUDIENCE } });
    try {
      const response = await own.inject({ url, headers: await bearer({ tenantId: 'firm-a' }) });
      expect(response.statusCode).toBe(503);
      expect(response.json()).toMatchObject({ code: 'keys_unavailable' });
    } finally {
      await own.close();
      await new Promise((resolve) => server.close(resolve));
    }
  });
});
