/** Connecting a firm's Clio as its administrator does it: real PostgreSQL, the Clio stand-in, a browser's cookies. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Pool } from 'pg';
import { createClioConnector } from '../../src/activities/clio-connect.js';
import { createGrowDesk } from '../../src/activities/grow/inbox.js';
import { openConnection } from '../../src/activities/vendor-tokens.js';
import type { App } from '../../src/api/app-types.js';
import { createConsentStates } from '../../src/api/connections/consent-states.js';
import { createCipher } from '../../src/config/cipher.js';
import { readAudit } from '../../src/db/audit.js';
import { openPool } from '../../src/db/pool.js';
import { withTenant } from '../../src/db/tenant.js';
import { clioPlaces } from '../../src/domain/clio-regions.js';
import { clioApp } from '../../standins/clio/oauth.js';
import { startClio, type ClioHarness } from '../standins/clio/harness.js';
import { twoFirms } from '../db/support/firm.js';
import { silentLogger } from '../support/log.js';
import { noPacer } from '../support/pacer.js';
import { type FreshDatabase, freshDatabase } from '../support/servers.js';
import { signTestToken, type TestTokenOptions } from '../support/tokens.js';
import { bearer, testApp } from './support/app.js';

const REDIRECT_URI = 'http://127.0.0.1:8080/oauth/clio/callback';
const box = createCipher(randomBytes(32));
const admin: TestTokenOptions = { tenantId: 'firm-a', roles: ['ADMIN'], subject: 'adm-1' };

let clio: ClioHarness;
let database: FreshDatabase;
let pool: Pool;
let app: App;
const told: string[] = [];
beforeAll(async () => {
  [clio, database] = await Promise.all([startClio(), freshDatabase()]);
  pool = openPool(database.appUrl, 10, () => undefined);
  await twoFirms(pool);
  const connector = createClioConnector({
    ...{ pool, box, logger: silentLogger, redirectUri: REDIRECT_URI },
    ...{ timeoutMs: 5_000, receiver: undefined },
    places: clioPlaces({ us: clioApp }, { us: clio.url }),
    pacerFor: () => noPacer,
  });
  const reconnected = (tenantId: string, system: string): Promise<void> => {
    told.push(`${tenantId}/${system}`);
    return Promise.resolve();
  };
  const grow = createGrowDesk({ pool, box, hosts: {} });
  const connections = { states: createConsentStates({ pool, box }), clio: connector, grow, reconnected };
  app = await testApp({ pool, connections });
});
afterAll(async () => {
  await app.close();
  await pool.end();
  await Promise.all([database.drop(), clio.close()]);
});
beforeEach(async () => {
  await clio.reset();
  told.length = 0;
  await asOwner('truncate connections, connect_states');
});

async function asOwner(statement: string): Promise<void> {
  const owner = openPool(database.ownerUrl, 1, () => undefined);
  // Row-level security is forced upon the owner too.
  await owner.query("select set_config('hermes.tenant', 'firm-a', false)");
  await owner.query(statement).finally(() => owner.end());
}

/** The first part of a `Set-Cookie`, as a browser sends it back. */
const cookieOf = (header: unknown): string => String(header).split(';')[0] ?? '';

async function begin(body: object = { region: 'us' }, as: TestTokenOptions = admin) {
  const answer = await app.inject({
    method: 'POST',
    url: '/api/v1/connections/clio/authorize',
    headers: await bearer(as),
    payload: body,
  });
  const url = answer.statusCode === 200 ? answer.json<{ authorize_url: string }>().authorize_url : '';
  return {
    status: answer.statusCode,
    body: answer.json<{ code?: string }>(),
    url,
    cookie: cookieOf(answer.headers['set-cookie']),
  };
}

/** The person says yes (or what the stand-in is told to do) and is sent back. @returns path and query of the way back. */
async function consent(url: string): Promise<string> {
  const answer = await fetch(url, { redirect: 'manual' });
  const back = new URL(answer.headers.get('location') ?? 'http://nowhere/');
  return back.pathname + back.search;
}
const comeBack = async (path: string, cookie: string) => {
  const answer = await app.inject({ method: 'GET', url: path, headers: { cookie } });
  return { status: answer.statusCode, page: answer.body };
};
async function connect(): Promise<void> {
  const { url, cookie } = await begin();
  expect((await comeBack(await consent(url), cookie)).status).toBe(200);
}
async function connections() {
  const answer = await app.inject({
    method: 'GET',
    url: '/api/v1/connections',
    headers: await bearer(admin),
  });
  return answer.json<{ connections: Record<string, unknown>[] }>().connections;
}
const disconnect = async (as: TestTokenOptions = admin) =>
  app.inject({
    method: 'POST',
    url: '/api/v1/connections/clio/disconnect',
    headers: await bearer(as),
    payload: { reason: 'moving to another system' },
  });
const place = () => ({ pool, box, tenantId: 'firm-a', system: 'clio' as const });
const auditLog = async () =>
  (await withTenant(pool, 'firm-a', (scope) => readAudit(scope, 'firm-a', { afterSeq: 0, limit: 500 }))).map(
    ({ actor, action, details }) => ({ actor, action, details }),
  );

describe('connecting Clio', () => {
  test('an administrator who consents has the firm connected, sealed and audited, and parked writes are told', async () => {
    const { url, cookie } = await begin();
    expect(new URL(url).searchParams.get('redirect_on_decline')).toBe('true');
    const { status, page } = await comeBack(await consent(url), cookie);
    expect([status, page]).toEqual([200, expect.stringContaining('Whitfield Law, PLLC')]);
    const [connection] = await connections();
    expect(connection).toMatchObject({ system: 'clio', state: 'connected', account: 'Whitfield Law, PLLC' });
    const stored = await openConnection(place());
    expect(stored.settings).toMatchObject({ region: 'us', userId: 100_001, calendarId: 700_001 });
    const [, grant] = (await clio.control.created('grant')) as { refreshToken: string }[];
    expect(grant?.refreshToken).toMatch(/^[\w-]{40}/);
    expect(stored.sealedTokens?.toString('latin1')).not.toContain(grant?.refreshToken);
    expect((await auditLog()).at(-1)).toMatchObject({ actor: 'adm-1', action: 'connection.connect' });
    expect(told).toEqual(['firm-a/clio']);
  });

  test('the way back is good once', async () => {
    const { url, cookie } = await begin();
    const back = await consent(url);
    expect((await comeBack(back, cookie)).status).toBe(200);
    expect((await comeBack(back, cookie)).status).toBe(400);
  });

  test('the way back is closed to another browser, and to the first one after that', async () => {
    const { url, cookie } = await begin();
    const other = await begin({ region: 'us' }, { ...admin, tenantId: 'firm-b' });
    const back = await consent(url);
    expect((await comeBack(back, other.cookie)).status).toBe(400);
    expect((await comeBack(back, cookie)).status).toBe(400);
    expect(await connections()).toEqual([]);
  });

  test('a state that is made up, changed or too old leads nowhere', async () => {
    const { url, cookie } = await begin();
    const back = new URL(await consent(url), 'http://x');
    const state = back.searchParams.get('state') ?? '';
    for (const wrong of ['', 'made-up', state.slice(0, -2) + (state.endsWith('AA') ? 'BB' : 'AA')]) {
      back.searchParams.set('state', wrong);
      expect((await comeBack(back.pathname + back.search, cookie)).status).toBe(400);
    }
    await asOwner("update connect_states set expires_at = now() - interval '1 second'");
    back.searchParams.set('state', state);
    expect((await comeBack(back.pathname + back.search, cookie)).status).toBe(400);
    expect(told).toEqual([]);
  });

  test('a declined consent says so and connects nothing', async () => {
    await clio.control.configure({ consent: 'declined' });
    const { url, cookie } = await begin();
    expect(await comeBack(await consent(url), cookie)).toEqual({
      status: 200,
      page: expect.stringContaining('declined'),
    });
    expect(await connections()).toEqual([]);
  });

  test.each(['ATTORNEY', 'STAFF', 'READ_ONLY'] as const)(
    '%s may neither connect nor disconnect',
    async (role) => {
      const as = { ...admin, roles: [role] };
      expect((await begin({ region: 'us' }, as)).status).toBe(403);
      expect((await disconnect(as)).statusCode).toBe(403);
    },
  );

  test('a region without an app of ours is refused before anybody is sent away', async () => {
    const { status, body } = await begin({ region: 'eu' });
    expect([status, body.code]).toEqual([409, 'not_set_up']);
  });

  test('a person without a console begins on a page, with the same cookie', async () => {
    const form = await app.inject({ method: 'GET', url: '/oauth/clio/connect' });
    expect(form.body).toContain('<form method="post" action="/oauth/clio/connect">');
    const posted = await app.inject({
      method: 'POST',
      url: '/oauth/clio/connect',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({ token: await signTestToken(admin), region: 'us' }).toString(),
    });
    const link = /href="([^"]+)"/.exec(posted.body)?.[1]?.replaceAll('&#38;', '&') ?? '';
    expect((await comeBack(await consent(link), cookieOf(posted.headers['set-cookie']))).status).toBe(200);
  });

  test('another Clio account than before is refused unless it is meant, and its consent is ended', async () => {
    await connect();
    await asOwner(
      `update connections set settings = settings || '{"account":{"id":1,"name":"Old"},"referenceFields":{"Contact":5}}'`,
    );
    const first = await begin();
    expect((await comeBack(await consent(first.url), first.cookie)).status).toBe(409);
    const living = (await clio.control.ledger()).requests.filter(({ path }) => path === '/oauth/deauthorize');
    expect(living).toHaveLength(1);
    expect((await openConnection(place())).settings).toMatchObject({ account: { id: 1 } });
    const second = await begin({ region: 'us', other_account: true });
    expect((await comeBack(await consent(second.url), second.cookie)).status).toBe(200);
    const { settings } = await openConnection(place());
    expect(settings).toMatchObject({ account: { id: 900_001 } });
    expect(settings).not.toHaveProperty('referenceFields');
  });
});

describe('disconnecting Clio', () => {
  test('ends the consent there, forgets the tokens here, and is audited', async () => {
    await connect();
    const answer = await disconnect();
    expect([answer.statusCode, answer.json()]).toEqual([200, { deauthorized: true }]);
    expect((await clio.control.ledger()).requests.map(({ path }) => path)).toContain('/oauth/deauthorize');
    expect(await connections()).toMatchObject([{ state: 'disconnected' }]);
    await expect(openConnection(place())).rejects.toMatchObject({ errorClass: 'auth' });
    expect((await auditLog()).at(-1)).toEqual({
      actor: 'adm-1',
      action: 'connection.disconnect',
      details: { deauthorized: true },
    });
    expect((await disconnect()).statusCode).toBe(409);
  });

  test('does not depend on Clio: when it is away the tokens go all the same, and the answer says so', async () => {
    await connect();
    await clio.control.fault({ match: { path: '/oauth/deauthorize' }, effect: { kind: 'down' } });
    expect((await disconnect()).json()).toEqual({ deauthorized: false });
    expect(await connections()).toMatchObject([{ state: 'disconnected' }]);
  });

  test('a firm that connects again goes on with the settings it had', async () => {
    await connect();
    await asOwner(`update connections set settings = settings || '{"calendarId":700002}'`);
    await disconnect();
    await connect();
    expect((await openConnection(place())).settings).toMatchObject({ calendarId: 700_002 });
  });
});
