import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import type { Pool } from 'pg';
import type { App } from '../../src/api/app-types.js';
import type { Role } from '../../src/api/permissions.js';
import { jsonOf, payloadsOf, type PayloadsJson } from '../../src/api/routes/codec/payload-json.js';
import { openTemporal } from '../../src/api/temporal.js';
import { createKeyRing } from '../../src/codec/key-ring.js';
import { labelOf, seal, SHARED } from '../../src/codec/sealed-payload.js';
import { readAudit } from '../../src/db/audit.js';
import { openPool } from '../../src/db/pool.js';
import { withTenant } from '../../src/db/tenant.js';
import { twoFirms } from '../db/support/firm.js';
import { testDataConverter, testPayloadKey } from '../support/data-converter.js';
import { type FreshDatabase, freshDatabase, servers } from '../support/servers.js';
import { signTestToken, type TestTokenOptions } from '../support/tokens.js';
import { absentPool, codecOf, testApp } from './support/app.js';

const UI = 'http://127.0.0.1:8233';
const ring = createKeyRing([testPayloadKey]);
const clear = (text: string): Payload => defaultPayloadConverter.toPayload(text);
const sealedFor = (tenant: string, text = 'Dana Whitcomb'): Payload => seal(ring, clear(text), tenant);
const textsIn = (answer: PayloadsJson): unknown[] =>
  payloadsOf(answer).map((payload) => defaultPayloadConverter.fromPayload(payload));

let database: FreshDatabase;
let pool: Pool;
let app: App;
beforeAll(async () => {
  database = await freshDatabase();
  pool = openPool(database.appUrl, 5, () => undefined);
  await twoFirms(pool);
  app = await testApp({ pool });
});
afterAll(async () => {
  await app.close();
  await pool.end();
  await database.drop();
});

const attorney: TestTokenOptions = { tenantId: 'firm-a', roles: ['ATTORNEY'], subject: 'att-1' };
const tokenOf = async (more: Partial<TestTokenOptions> = {}) =>
  `Bearer ${await signTestToken({ ...attorney, ...more })}`;

interface Ask {
  path?: 'decode' | 'encode';
  to?: App;
  headers?: Record<string, string>;
}
async function ask(payloads: Payload[], { path = 'decode', to = app, headers }: Ask = {}) {
  const response = await to.inject({
    method: 'POST',
    url: `/api/v1/codec/${path}?preserveStorageRefs=true`, // as Temporal UI asks
    headers: headers ?? { authorization: await tokenOf() },
    payload: jsonOf(payloads),
  });
  return {
    status: response.statusCode,
    headers: response.headers,
    body: response.json<PayloadsJson & { code?: string; detail?: string }>(),
  };
}
const auditOf = async (tenantId: string) => {
  const rows = await withTenant(pool, tenantId, (scope) =>
    readAudit(scope, tenantId, { afterSeq: 0, limit: 500 }),
  );
  return rows.map(({ actor, action, details }) => ({ actor, action, details }));
};

describe('decoding', () => {
  test('opens the payloads of one’s own firm, and the audit log tells who asked', async () => {
    const { status, body } = await ask([sealedFor('firm-a'), sealedFor('firm-a', 'and another')]);
    expect([status, textsIn(body)]).toEqual([200, ['Dana Whitcomb', 'and another']]);
    expect((await auditOf('firm-a')).at(-1)).toEqual({
      actor: 'att-1',
      action: 'payloads.decode',
      details: { own: 2, foreign: 0, keyIds: ['test-1'], sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
  });

  test('refuses everything when one payload is another firm’s, and notes the attempt', async () => {
    const { status, body } = await ask([sealedFor('firm-a'), sealedFor('firm-b', 'theirs')]);
    expect([status, body.code]).toEqual([403, 'forbidden']);
    expect(JSON.stringify(body)).not.toContain('firm-b');
    expect((await auditOf('firm-a')).at(-1)).toMatchObject({
      actor: 'att-1',
      action: 'payloads.refuse',
      details: { own: 1, foreign: 1 },
    });
    expect(await auditOf('firm-b')).toEqual([]);
  });

  test('a payload that was relabelled for one’s own firm does not open', async () => {
    const theirs = sealedFor('firm-b');
    const metadata = { ...theirs.metadata, 'hermes-tenant': Buffer.from('firm-a') };
    const { status, body } = await ask([{ ...theirs, metadata }]);
    expect([status, body.code]).toEqual([422, 'payload_unreadable']);
  });

  test('gives back as it was what is of no firm, or in clear, and notes nothing', async () => {
    const before = await auditOf('firm-a');
    const [shared, open] = [sealedFor(SHARED), clear('by hand')];
    const { status, body } = await ask([shared, open]);
    expect([status, body]).toEqual([200, jsonOf([shared, open])]);
    expect(await auditOf('firm-a')).toEqual(before);
    expect((await ask([])).body).toEqual({ payloads: [] });
  });

  test('without the key says which one is missing', async () => {
    const old = createKeyRing([{ id: 'long-ago', secret: randomBytes(32) }]);
    const { status, body } = await ask([seal(old, clear('x'), 'firm-a')]);
    expect([status, body.code]).toEqual([422, 'payload_unreadable']);
    expect(body.detail).toContain('"long-ago" is not in HERMES_PAYLOAD_KEYS');
  });

  test('is not done while the audit log cannot be written', async () => {
    const away = await testApp({ pool: absentPool() });
    const { status, body } = await ask([sealedFor('firm-a')], { to: away });
    expect([status, body.code]).toEqual([503, 'database_unavailable']);
    await away.close();
  });

  test.each<[string, () => Promise<Record<string, string>>, number]>([
    ['nobody', () => Promise.resolve({}), 401],
    ['an expired token', async () => ({ authorization: await tokenOf({ expiresIn: '-1m' }) }), 401],
    [
      'a token of another issuer',
      async () => ({ authorization: await tokenOf({ issuer: 'elsewhere' }) }),
      401,
    ],
    ...(['STAFF', 'READ_ONLY'] satisfies Role[]).map(
      (role): [string, () => Promise<Record<string, string>>, number] => [
        role,
        async () => ({ authorization: await tokenOf({ roles: [role] }) }),
        403,
      ],
    ),
    ['another namespace', async () => ({ authorization: await tokenOf(), 'x-namespace': 'elsewhere' }), 400],
  ])('is refused to %s', async (_who, headers, expected) => {
    const { status, body } = await ask([sealedFor('firm-a')], { headers: await headers() });
    expect(status).toBe(expected);
    expect(JSON.stringify(body)).not.toContain('Dana');
  });

  test('keeps one person to a pace, whatever their firm may do', async () => {
    const slow = await testApp({ pool, codec: { ...codecOf(), perPerson: 2 } });
    const statuses: number[] = [];
    for (let i = 0; i < 3; i++) statuses.push((await ask([clear('x')], { to: slow })).status);
    const headers = { authorization: await tokenOf({ subject: 'att-2' }) };
    statuses.push((await ask([clear('x')], { to: slow, headers })).status);
    expect(statuses).toEqual([200, 200, 429, 200]);
    await slow.close();
  });
});

test('encoding seals for one’s own firm what workers can then read, and leaves what is sealed', async () => {
  const theirs = sealedFor('firm-b');
  const { body } = await ask([clear('wrong number'), theirs], {
    path: 'encode',
    headers: { authorization: await tokenOf({ roles: ['STAFF'] }) },
  });
  const [mine, other] = payloadsOf(body);
  expect(labelOf(mine!)).toEqual({ keyId: 'test-1', tenant: 'firm-a' });
  expect(jsonOf([other!])).toEqual(jsonOf([theirs]));
  const context = { type: 'workflow', namespace: 'default', workflowId: 'op:firm-a:clio:x' } as const;
  const [opened] = await testDataConverter.payloadCodecs[0].decode([mine!], context);
  expect(defaultPayloadConverter.fromPayload(opened!)).toBe('wrong number');
});

describe('a page', () => {
  const preflight = (origin: string) =>
    app.inject({
      method: 'OPTIONS',
      url: '/api/v1/codec/decode',
      headers: { origin, 'access-control-request-method': 'POST' },
    });

  test('of Temporal UI may ask and read', async () => {
    const answer = await preflight(UI);
    expect(answer.statusCode).toBe(204);
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': UI,
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': expect.stringContaining('x-namespace'),
      vary: 'origin',
    });
    const { status, headers } = await ask([sealedFor('firm-a')], {
      headers: { origin: UI, authorization: await tokenOf() },
    });
    expect([status, headers['access-control-allow-origin']]).toEqual([200, UI]);
  });

  test.each(['http://127.0.0.1:9999', 'https://evil.example.com', 'null'])(
    'of %s may not',
    async (origin) => {
      const answer = await preflight(origin);
      expect([answer.statusCode, answer.headers['access-control-allow-origin']]).toEqual([403, undefined]);
      const { status } = await ask([sealedFor('firm-a')], {
        headers: { origin, authorization: await tokenOf() },
      });
      expect(status).toBe(403);
    },
  );
});

describe('signing in for a Temporal UI that sends no token', () => {
  const signIn = async (token: string) =>
    app.inject({
      method: 'POST',
      url: '/api/v1/codec/sign-in',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({ token }).toString(),
    });
  const cookieFrom = (setCookie: unknown): string => String(setCookie).split(';', 1)[0] ?? '';

  test('gives a cookie that opens payloads for that UI’s pages and for nobody else', async () => {
    expect((await app.inject('/api/v1/codec/sign-in')).body).toContain('<form method="post"');
    const signedIn = await signIn(await signTestToken(attorney));
    const setCookie = String(signedIn.headers['set-cookie']);
    expect(setCookie).toMatch(/; Path=\/api\/v1\/codec; Max-Age=(5\d\d|600); HttpOnly; SameSite=Strict$/);
    const cookie = cookieFrom(setCookie);
    expect(textsIn((await ask([sealedFor('firm-a')], { headers: { cookie, origin: UI } })).body)).toEqual([
      'Dana Whitcomb',
    ]);
    expect((await ask([sealedFor('firm-a')], { headers: { cookie } })).status).toBe(401);
    expect(
      (await ask([sealedFor('firm-a')], { headers: { cookie, origin: 'https://evil.example.com' } })).status,
    ).toBe(403);
    expect((await app.inject({ url: '/api/v1/calls', headers: { cookie, origin: UI } })).statusCode).toBe(
      401,
    );
  });

  test('is refused with a wrong token, or one that may not decode', async () => {
    for (const [token, status] of [
      ['no.such.token', 401],
      [await signTestToken({ ...attorney, roles: ['STAFF'] }), 403],
    ] as const) {
      const answer = await signIn(token);
      expect([answer.statusCode, answer.headers['set-cookie']]).toEqual([status, undefined]);
    }
  });
});

test('Temporal’s own command line reads through it, and what it sends arrives sealed', async () => {
  const temporal = openTemporal(servers().temporalAddress, 'default', testDataConverter);
  const server = await testApp({ pool });
  await server.listen({ host: '127.0.0.1', port: 0 });
  const { port } = server.server.address() as AddressInfo;
  const workflowId = `op:firm-a:clio:${randomBytes(6).toString('hex')}`;
  const handle = await temporal.client.workflow.start('nobodyRuns', {
    workflowId,
    taskQueue: 'nobody-listens',
    args: ['Dana Whitcomb'],
  });
  const endpoint = ['--codec-endpoint', `http://127.0.0.1:${port}/api/v1/codec`];
  const cli = async (args: string[]): Promise<string> => {
    const at = ['--address', servers().temporalAddress, '--workflow-id', workflowId];
    return (await promisify(execFile)(servers().temporalPath, ['workflow', ...args, ...at])).stdout;
  };
  // It prints the payloads of a history as JSON, so in base64.
  const inBase64 = Buffer.from('"Dana Whitcomb"').toString('base64');
  expect(await cli(['show', '-o', 'json'])).not.toContain(inBase64);
  const auth = ['--codec-auth', await tokenOf()];
  expect(await cli(['show', '-o', 'json', ...endpoint, ...auth])).toContain(inBase64);
  await cli(['signal', '--name', 'redrive', '--input', '{"jobId":"by-hand"}', ...endpoint, ...auth]);
  const { events } = await handle.fetchHistory();
  const sent = events?.at(-1)?.workflowExecutionSignaledEventAttributes?.input?.payloads?.[0];
  expect(labelOf(sent!)).toEqual({ keyId: 'test-1', tenant: 'firm-a' });
  const [opened] = await testDataConverter.payloadCodecs[0].decode([sent!]);
  expect(defaultPayloadConverter.fromPayload(opened!)).toEqual({ jobId: 'by-hand' });
  await handle.terminate('test');
  await temporal.close();
  await server.close();
});
