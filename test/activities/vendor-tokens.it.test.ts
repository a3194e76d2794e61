/** How a firm's Clio tokens are renewed: real PostgreSQL keeps them, the Clio stand-in gives, rotates and revokes them. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { z } from 'zod';
import { connectVendor, createTokenSource, openConnection } from '../../src/activities/vendor-tokens.js';
import { createClioClient, type ClioClient } from '../../src/clients/clio/client.js';
import { refreshClioTokens } from '../../src/clients/clio/oauth.js';
import { createCipher } from '../../src/config/cipher.js';
import { openPool } from '../../src/db/pool.js';
import { withTenant } from '../../src/db/tenant.js';
import { clioApp } from '../../standins/clio/oauth.js';
import { startClio, type ClioHarness } from '../standins/clio/harness.js';
import { twoFirms } from '../db/support/firm.js';
import { type FreshDatabase, freshDatabase } from '../support/servers.js';
import { noPacer } from '../support/pacer.js';

const box = createCipher(randomBytes(32));
const limits = { timeoutMs: 5_000, signal: new AbortController().signal };
const User = z.object({ id: z.number() });
const HOUR_MS = 3_600_000;
const Grant = z.object({ access_token: z.string(), refresh_token: z.string(), expires_in: z.number() });

let clio: ClioHarness;
let database: FreshDatabase;
let pool: Pool;
const place = () => ({ pool, box, tenantId: 'firm-a', system: 'clio' as const });
beforeAll(async () => {
  [clio, database] = await Promise.all([startClio(), freshDatabase()]);
  pool = openPool(database.appUrl, 10, () => undefined);
  await twoFirms(pool);
});
afterAll(async () => {
  await pool.end();
  await Promise.all([database.drop(), clio.close()]);
});
beforeEach(async () => {
  await clio.reset();
  await connect();
});

/** The firm consents; the token is good for an hour on the vendor's clock and, unless told otherwise, on ours. */
async function connect(expiresAt: Date | null = new Date(Date.now() + HOUR_MS)): Promise<void> {
  await clio.control.configure({ accessTokenLifetimeSeconds: 3_600 });
  const grant = Grant.parse(await clio.control.post('grant'));
  await connectVendor(place(), {
    baseUrl: clio.url,
    settings: {},
    tokens: { accessToken: grant.access_token, refreshToken: grant.refresh_token },
    expiresAt,
  });
}

/** Clio as one activity of a worker opens it. */
async function activity(app = clioApp): Promise<ClioClient> {
  const connection = await openConnection(place());
  const tokens = createTokenSource(place(), connection, (refreshToken) =>
    refreshClioTokens(connection.baseUrl, app, refreshToken, limits),
  );
  return createClioClient({ baseUrl: clio.url, tokens, ...limits, pacer: noPacer });
}

const askWith = (client: ClioClient): Promise<unknown> => client.list('users', { fields: 'id' }, User);
const ask = async (): Promise<unknown> => askWith(await activity());
const renewals = async (): Promise<number> =>
  (await clio.control.ledger()).requests.filter(({ path }) => path === '/oauth/token').length;
const asked = async (): Promise<number> => (await clio.control.ledger()).requests.length;
const revokedAt = async (): Promise<Date | null> =>
  withTenant(pool, 'firm-a', async (scope) => {
    const { rows } = await scope.query<{ revoked_at: Date | null }>('select revoked_at from connections');
    return rows[0]?.revoked_at ?? null;
  });
/** What Clio does to a token that has lived its hour. */
const outlive = (): Promise<void> => clio.control.advanceClock(HOUR_MS + 1_000);

describe('renewing', () => {
  test('eight activities that are refused at the same moment renew once and go on with the one new token', async () => {
    const activities = await Promise.all(Array.from({ length: 8 }, () => activity()));
    await outlive();
    for (const answer of await Promise.all(activities.map(askWith))) expect(answer).not.toHaveLength(0);
    expect(await renewals()).toBe(1);
  });

  test('the new token is kept for those who come later', async () => {
    await outlive();
    await ask();
    await ask();
    expect(await renewals()).toBe(1);
  });

  test('a token about to die is renewed before it is used, once', async () => {
    await connect(new Date(Date.now() + 30_000));
    const client = await activity();
    await askWith(client);
    await askWith(client);
    const { requests } = await clio.control.ledger();
    expect(requests.map(({ status }) => status)).not.toContain(401);
    expect(await renewals()).toBe(1);
  });

  test.each([
    ['rotates refresh tokens', true],
    ['keeps the refresh token', false],
  ])('a vendor that %s can be asked again and again', async (_what, refreshRotates) => {
    await clio.control.configure({ refreshRotates });
    for (let hour = 1; hour <= 3; hour++) {
      await outlive();
      await ask();
      expect(await renewals()).toBe(hour);
    }
    expect(await revokedAt()).toBeNull();
  });
});

describe('a renewal that fails', () => {
  test('because the grant is revoked is remembered: nothing is sent to Clio any more until the firm connects again', async () => {
    await clio.control.reset(); // forgets every grant
    const activities = await Promise.all([activity(), activity(), activity()]);
    for (const refused of await Promise.allSettled(activities.map(askWith)))
      expect(refused).toMatchObject({ status: 'rejected', reason: { errorClass: 'auth' } });
    expect(await renewals()).toBe(1);
    expect(await revokedAt()).toBeInstanceOf(Date);
    const before = await asked();
    await expect(ask()).rejects.toMatchObject({ errorClass: 'auth' });
    expect(await asked()).toBe(before);
    await connect();
    await expect(ask()).resolves.not.toHaveLength(0);
  });

  test('because Clio is away costs the firm nothing: the next attempt renews', async () => {
    await outlive();
    await clio.control.fault({ match: { path: '/oauth/token' }, effect: { kind: 'down' } });
    await expect(ask()).rejects.toMatchObject({ errorClass: 'unavailable' });
    expect(await revokedAt()).toBeNull();
    await expect(ask()).resolves.not.toHaveLength(0);
  });

  test('because our own credentials are wrong is our mistake and leaves the firm connected', async () => {
    await outlive();
    const wrong = await activity({ ...clioApp, clientSecret: 'mistyped' });
    await expect(askWith(wrong)).rejects.toMatchObject({ errorClass: 'internal' });
    expect(await revokedAt()).toBeNull();
  });

  test('because the answer with a rotated token was lost ends with a person, not with a loop', async () => {
    await clio.control.configure({ refreshRotates: true });
    await outlive();
    await clio.control.fault({ match: { path: '/oauth/token' }, effect: { kind: 'commit_then_cut' } });
    await expect(ask()).rejects.toMatchObject({ errorClass: 'unavailable' });
    await expect(ask()).rejects.toMatchObject({ errorClass: 'auth' });
    expect(await revokedAt()).toBeInstanceOf(Date);
  });
});
