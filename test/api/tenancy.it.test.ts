import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Pool } from 'pg';
import type { App } from '../../src/api/app-types.js';
import { openPool } from '../../src/db/pool.js';
import { withTenant } from '../../src/db/tenant.js';
import { type FreshDatabase, freshDatabase } from '../support/servers.js';
import { twoFirms } from '../db/support/firm.js';
import { bearer, testApp } from './support/app.js';

let database: FreshDatabase;
let pool: Pool;
let app: App;
let [firmA, firmB]: { authorization: string }[] = [];
beforeAll(async () => {
  database = await freshDatabase();
  pool = openPool(database.appUrl, 5, () => undefined);
  await twoFirms(pool);
  app = await testApp({ pool });
  firmA = await bearer({ tenantId: 'firm-a' });
  firmB = await bearer({ tenantId: 'firm-b' });
});
afterAll(async () => {
  await app.close();
  await pool.end();
  await database.drop();
});

const get = async (
  url: string,
  headers = firmA,
): Promise<{ status: number; body: Record<string, unknown> }> => {
  const response = await app.inject({ url, headers: headers! });
  return { status: response.statusCode, body: response.json() };
};
interface SessionAnswer {
  session_id: string;
  token: string;
  expires_at: string;
  urls: { native: string };
}
const openSession = async (headers = firmA): Promise<SessionAnswer> => {
  const response = await app.inject({ method: 'POST', url: '/api/v1/voice/session', headers: headers! });
  expect(response.statusCode).toBe(201);
  return response.json();
};

describe('a session', () => {
  test('gives a token of its firm, five minutes and the address of the socket', async () => {
    const session = await openSession();
    expect(session.token).toMatch(/^hs_firm-a\.[\w-]{43}$/);
    expect(session.urls.native).toBe('ws://127.0.0.1:8080/api/v1/voice/stream');
    const lifetimeMs = Date.parse(session.expires_at) - Date.now();
    expect(lifetimeMs).toBeGreaterThan(290_000);
    expect(lifetimeMs).toBeLessThanOrEqual(300_000);
  });

  test('may name the line the caller is on, and no other thing', async () => {
    const ask = (payload: object) =>
      app.inject({ method: 'POST', url: '/api/v1/voice/session', headers: firmA!, payload });
    const opened = await ask({ caller_id: '+15125550142' });
    expect(opened.statusCode).toBe(201);
    const { rows } = await withTenant(pool, 'firm-a', (scope) =>
      scope.query('select caller_id from calls where call_id = $1', [
        opened.json<SessionAnswer>().session_id,
      ]),
    );
    expect(rows).toEqual([{ caller_id: '+15125550142' }]);
    for (const wrong of [{ caller_id: 'anonymous' }, { caller_id: '5125550142' }, { phone: '+15125550142' }])
      expect((await ask(wrong)).statusCode).toBe(400);
  });

  test('leaves no token in the database', async () => {
    const { token, session_id } = await openSession();
    const { rows } = await withTenant(pool, 'firm-a', (scope) =>
      scope.query('select calls::text as row from calls where call_id = $1', [session_id]),
    );
    expect(JSON.stringify(rows)).not.toContain(token.split('.')[1]);
  });

  test('is refused to a firm that does not exist here, and to a read-only user', async () => {
    const request = { method: 'POST', url: '/api/v1/voice/session' } as const;
    const stranger = await app.inject({ ...request, headers: await bearer({ tenantId: 'firm-unknown' }) });
    expect(stranger.statusCode).toBe(404);
    const reader = await bearer({ tenantId: 'firm-a', roles: ['READ_ONLY'] });
    expect((await app.inject({ ...request, headers: reader })).statusCode).toBe(403);
  });
});

describe('calls', () => {
  test('of one firm do not exist for another', async () => {
    const { session_id } = await openSession();
    expect(await get(`/api/v1/calls/${session_id}`)).toMatchObject({
      status: 200,
      body: { call_id: session_id, state: 'waiting' },
    });
    expect(await get(`/api/v1/calls/${session_id}`, firmB)).toMatchObject({
      status: 404,
      body: { code: 'not_found' },
    });
    expect((await get('/api/v1/calls', firmB)).body.calls).toEqual([]);
  });

  test('are paged by a cursor that ends', async () => {
    for (let i = 0; i < 5; i++) await openSession(firmB);
    const seen: string[] = [];
    let cursor: unknown = '';
    while (cursor !== null) {
      const { status, body } = await get(
        `/api/v1/calls?limit=2${cursor ? `&cursor=${cursor as string}` : ''}`,
        firmB,
      );
      expect(status).toBe(200);
      seen.push(...(body.calls as { call_id: string }[]).map((call) => call.call_id));
      cursor = body.next_cursor;
    }
    expect(new Set(seen).size).toBe(5);
  });
});

describe('an intake', () => {
  test('is shown with its writes and their links, to its own firm alone', async () => {
    const { session_id: callId } = await openSession();
    await storeIntake(callId);
    const mine = await get(`/api/v1/intakes/${callId}`);
    expect(mine).toMatchObject({
      status: 200,
      body: {
        phase: 'done',
        record: { disposition: 'abandoned' },
        writes: [{ operation: 'clio.contact.create', state: 'done', external_id: '17' }],
        temporal_url: `http://127.0.0.1:8233/namespaces/default/workflows/intake%3Afirm-a%3A${callId}`,
      },
    });
    expect((await get(`/api/v1/intakes/${callId}`, firmB)).status).toBe(404);
  });

  test('that is not written yet is a 404 that says so', async () => {
    const { session_id } = await openSession();
    expect(await get(`/api/v1/intakes/${session_id}`)).toMatchObject({
      status: 404,
      body: { code: 'not_found' },
    });
  });
});

test('dead letters and their counts are those of the firm that asks', async () => {
  const { session_id: callId } = await openSession();
  await withTenant(pool, 'firm-a', (scope) =>
    scope.query(
      `insert into writes (tenant_id, workflow_id, call_id, system, operation, priority, state, error_class, parked_at)
       values ('firm-a', 'op:firm-a:clio:x', $1, 'clio', 'clio.note.create', 'HIGH', 'parked', 'auth', now() - interval '1 minute')`,
      [callId],
    ),
  );
  expect((await get('/api/v1/dlq/list')).body).toMatchObject({
    messages: [{ message_id: 'op:firm-a:clio:x', error_class: 'auth' }],
    next_cursor: null,
  });
  expect((await get('/api/v1/dlq/stats')).body).toMatchObject({
    parked: 1,
    by_priority: { HIGH: 1 },
    requires_attention: true,
    health_status: 'degraded',
  });
  expect((await get('/api/v1/dlq/list', firmB)).body).toEqual({ messages: [], next_cursor: null });
  expect((await get('/api/v1/dlq/stats', firmB)).body).toMatchObject({
    parked: 0,
    oldest_age_seconds: null,
    requires_attention: false,
    health_status: 'healthy',
  });
});

async function storeIntake(callId: string): Promise<void> {
  const record = {
    ...{ schemaVersion: 1, rulesVersion: 'test', tenantId: 'firm-a', callId, startedAtMs: 1, endedAtMs: 2 },
    ...{
      endReason: 'dropped',
      disposition: 'abandoned',
      contact: {},
      matter: { narrative: [] },
      parties: [],
    },
    ...{ keyDates: [], consents: {}, corrections: [], conflict: { result: 'not_run', namesSearched: [] } },
  };
  await withTenant(pool, 'firm-a', async (scope) => {
    await scope.query(
      `insert into intakes (tenant_id, call_id, phase, disposition, record) values ('firm-a', $1, 'done', 'abandoned', $2)`,
      [callId, record],
    );
    await scope.query(
      `insert into writes (tenant_id, workflow_id, call_id, system, operation, priority, state, external_id)
       values ('firm-a', 'op:firm-a:clio:c', $1, 'clio', 'clio.contact.create', 'LOW', 'done', '17')`,
      [callId],
    );
  });
}
