/** A firm's lead inbox as its administrator names it: real PostgreSQL. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Pool } from 'pg';
import { createGrowDesk } from '../../src/activities/grow/inbox.js';
import { openConnection, openTokens } from '../../src/activities/vendor-tokens.js';
import type { App } from '../../src/api/app-types.js';
import { createConsentStates } from '../../src/api/connections/consent-states.js';
import { createCipher } from '../../src/config/cipher.js';
import { readAudit } from '../../src/db/audit.js';
import { markRevoked } from '../../src/db/connections.js';
import { openPool } from '../../src/db/pool.js';
import { withTenant } from '../../src/db/tenant.js';
import { twoFirms } from '../db/support/firm.js';
import { type FreshDatabase, freshDatabase } from '../support/servers.js';
import type { TestTokenOptions } from '../support/tokens.js';
import { bearer, testApp } from './support/app.js';

const box = createCipher(randomBytes(32));
const admin: TestTokenOptions = { tenantId: 'firm-a', roles: ['ADMIN'], subject: 'adm-1' };
const TOKEN = 'tok-3f9a77c1d2';

let database: FreshDatabase;
let pool: Pool;
let app: App;
const told: string[] = [];
beforeAll(async () => {
  database = await freshDatabase();
  pool = openPool(database.appUrl, 5, () => undefined);
  await twoFirms(pool);
  app = await testApp({
    pool,
    connections: {
      states: createConsentStates({ pool, box }),
      clio: {
        consentUrl: () => undefined,
        connect: () => Promise.resolve({ kind: 'refused' }),
        disconnect: () => Promise.resolve(undefined),
      },
      grow: createGrowDesk({ pool, box, hosts: { eu: 'https://gateway.example' } }),
      reconnected: (tenantId, system) => {
        told.push(`${tenantId}/${system}`);
        return Promise.resolve();
      },
    },
  });
});
afterAll(async () => {
  await app.close();
  await pool.end();
  await database.drop();
});

const ask = async (method: 'GET' | 'PUT' | 'DELETE', payload?: object, as = admin) => {
  const url = '/api/v1/connections/grow';
  const answer = await app.inject({
    ...{ method, url, headers: await bearer(as) },
    ...(payload && { payload }),
  });
  return { status: answer.statusCode, text: answer.body };
};
const place = { tenantId: 'firm-a', system: 'grow' } as const;
const named = { token: TOKEN, region: 'us', reason: 'our intake team works in Grow' };
const audited = async () =>
  (await withTenant(pool, 'firm-a', (scope) => readAudit(scope, 'firm-a', { afterSeq: 0, limit: 500 }))).map(
    ({ actor, action, subject }) => `${actor} ${action} ${subject}`,
  );

describe('a lead inbox', () => {
  test('that nobody has named is not there', async () => {
    expect((await ask('GET')).status).toBe(404);
    expect((await ask('DELETE')).status).toBe(404);
  });

  test('is named by an administrator, kept sealed, audited, and waiting leads are told', async () => {
    const answer = await ask('PUT', named);
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.text)).toEqual({
      ...{ region: 'us', source_name: 'HERMES', referring: 'Phone call', lead_id: 'either' },
      ...{ base_url: 'https://grow.clio.com', refused_at: null },
    });
    const stored = await openConnection({ pool, box, ...place });
    expect(openTokens({ pool, box, ...place }, stored).accessToken).toBe(TOKEN);
    expect(stored.sealedTokens?.toString('latin1')).not.toContain(TOKEN);
    expect((await audited()).at(-1)).toBe('adm-1 connection.connect connection of grow');
    expect(told).toEqual(['firm-a/grow']);
  });

  test('is never shown with its token, neither here, nor in the list, nor in the audit log', async () => {
    const list = await app.inject({ url: '/api/v1/connections', headers: await bearer(admin) });
    expect(list.body).toContain('"system":"grow"');
    const log = await app.inject({ url: '/api/v1/audit', headers: await bearer(admin) });
    expect(log.body).toContain('connection of grow');
    for (const text of [(await ask('GET')).text, list.body, log.body]) expect(text).not.toContain(TOKEN);
  });

  test('that Grow refuses says since when, until another token is named', async () => {
    await withTenant(pool, 'firm-a', (scope) => markRevoked(scope, 'firm-a', 'grow'));
    expect((await ask('GET')).text).toMatch(/"refused_at":"20/);
    const other = { ...named, token: 'tok-another-one', region: 'eu', source_name: 'Night desk' };
    expect(JSON.parse((await ask('PUT', other)).text)).toMatchObject({
      ...{ source_name: 'Night desk', base_url: 'https://gateway.example', refused_at: null },
    });
  });

  test.each([
    ['no token', { ...named, token: undefined }, 'body.token'],
    ['spaces in the token', { ...named, token: 'two words' }, 'body.token'],
    ['no region', { ...named, region: 'mars' }, 'body.region'],
    ['no reason', { ...named, reason: ' ' }, 'body.reason'],
    ['another address', { ...named, base_url: 'http://169.254.169.254' }, 'base_url'],
  ])('with %s is refused and names the field', async (_what, body, field) => {
    const answer = await ask('PUT', body);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(field);
  });

  test.each(['ATTORNEY', 'STAFF', 'READ_ONLY'] as const)('is %s’s to see and not to change', async (role) => {
    const as = { ...admin, roles: [role] };
    expect((await ask('GET', undefined, as)).status).toBe(200);
    expect((await ask('PUT', named, as)).status).toBe(403);
    expect((await ask('DELETE', undefined, as)).status).toBe(403);
  });

  test('is another firm’s to see neither', async () => {
    expect((await ask('GET', undefined, { ...admin, tenantId: 'firm-b' })).status).toBe(404);
  });

  test('that is let go has no token any more', async () => {
    expect((await ask('DELETE')).status).toBe(204);
    expect((await ask('GET')).status).toBe(404);
    await expect(openConnection({ pool, box, ...place })).rejects.toMatchObject({ errorClass: 'auth' });
    expect((await audited()).at(-1)).toBe('adm-1 connection.disconnect connection of grow');
  });
});
