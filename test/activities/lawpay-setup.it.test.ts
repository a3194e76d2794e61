import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Pool } from 'pg';
import { createLawPaySetup, type LawPaySetup } from '../../src/activities/lawpay/setup.js';
import { connectVendor } from '../../src/activities/vendor-tokens.js';
import type { App } from '../../src/api/app-types.js';
import { createCipher } from '../../src/config/cipher.js';
import { readAudit } from '../../src/db/audit.js';
import { openPool } from '../../src/db/pool.js';
import { withTenant } from '../../src/db/tenant.js';
import { saveFirm } from '../../src/db/tenants.js';
import { controlOf } from '../../standins/kit/control.js';
import { startStandin, type RunningStandin } from '../../standins/kit/standin.js';
import { lawpayStandin } from '../../standins/lawpay/server.js';
import { bearer, testApp } from '../api/support/app.js';
import { firmNamed } from '../db/support/firm.js';
import { silentLogger } from '../support/log.js';
import { freshDatabase, type FreshDatabase } from '../support/servers.js';

const tenantId = 'firm-a';
let database: FreshDatabase;
let pool: Pool;
let lawpay: RunningStandin;
let app: App;
let setup: LawPaySetup;
beforeAll(async () => {
  database = await freshDatabase();
  pool = openPool(database.appUrl, 5, () => undefined);
  lawpay = await startStandin(lawpayStandin, { port: 0 });
  await saveFirm(pool, firmNamed(tenantId));
  const box = createCipher(randomBytes(32));
  const { access_token: accessToken } = (await controlOf(lawpay.url).post('grant')) as {
    access_token: string;
  };
  await connectVendor(
    { pool, box, tenantId, system: 'lawpay' },
    { baseUrl: lawpay.url, settings: { mode: 'test' }, tokens: { accessToken }, expiresAt: null },
  );
  const rule = { perMinute: 6_000, burst: 100 };
  setup = createLawPaySetup({ pool, box, logger: silentLogger, timeoutMs: 5_000, rule });
  app = await testApp({ pool, paymentSetup: setup });
});
afterAll(async () => {
  await app.close();
  await lawpay.close();
  await pool.end();
  await database.drop();
});

const as = async (
  role: 'ADMIN' | 'ATTORNEY',
  method: 'GET' | 'PUT' | 'POST',
  path: string,
  payload?: object,
) =>
  app.inject({
    ...{ method, url: `/api/v1/payments/setup${path}`, headers: await bearer({ tenantId, roles: [role] }) },
    ...(payload && { payload }),
  });

describe('before its first payment a firm', () => {
  test('sees its accounts and pages, and that nobody has looked at the amounts', async () => {
    const { statusCode, body } = await as('ADMIN', 'GET', '');
    expect(statusCode).toBe(200);
    const shown = JSON.parse(body) as {
      amount_unit: unknown;
      pages: { probe_url: string }[];
      accounts: object[];
    };
    expect(shown.amount_unit).toBeNull();
    expect(shown.accounts).toContainEqual({
      ...{ id: 'trustCardAccount000001', name: 'Trust (IOLTA)', trust: true, takes_cards: true },
    });
    // What a person does: open the page and read the sum.
    const page = await (await fetch(shown.pages[0]?.probe_url ?? '')).text();
    expect(page).toContain('$12.34');
    expect(body).not.toContain('secret');
  });

  test('has the unit kept with who saw what, and a sum that fits no unit refused', async () => {
    expect((await as('ADMIN', 'PUT', '/amount-unit', { shown_cents: 12 })).statusCode).toBe(409);
    expect((await setup.read(tenantId)).settings.unitProof).toBeUndefined();
    const kept = await as('ADMIN', 'PUT', '/amount-unit', { shown_cents: 1_234 });
    expect(kept.json()).toMatchObject({ unit: 'cents', shown_cents: 1_234 });
    expect((await setup.read(tenantId)).settings.unitProof).toMatchObject({ unit: 'cents' });
  });

  test('names accounts that LawPay confirms, and no others', async () => {
    const name = (named: object) => as('ADMIN', 'PUT', '/accounts', { pay_on: 'hermes', ...named });
    const swapped = await name({ trust: 'operatingCardAccount01' });
    expect(swapped.statusCode).toBe(409);
    expect(swapped.json<{ detail: string }>().detail).toContain('of the kind trust');
    // It takes eChecks, and our page takes cards.
    expect((await name({ trust: 'trustAchAccount0000001' })).statusCode).toBe(409);
    const accounts = { trust: 'trustCardAccount000001', operating: 'operatingCardAccount01' };
    expect((await name(accounts)).statusCode).toBe(200);
    expect((await setup.read(tenantId)).settings).toMatchObject({ accounts, payOn: 'hermes' });
  });

  test('gets an address for events that is shown once, of which only the hash is kept', async () => {
    const { path } = (await as('ADMIN', 'POST', '/events-secret')).json<{ path: string }>();
    const event = { id: 'evt-1', type: 'transaction.updated' };
    expect((await app.inject({ method: 'POST', url: path, payload: event })).json()).toEqual({ noted: true });
    await as('ADMIN', 'POST', '/events-secret');
    expect((await app.inject({ method: 'POST', url: path, payload: event })).statusCode).toBe(404);
    const { settings } = await setup.read(tenantId);
    expect(JSON.stringify(settings)).not.toContain(path.split('/').at(-1));
  });

  test('leaves all of it to administrators, and each step in the audit log', async () => {
    expect((await as('ATTORNEY', 'PUT', '/amount-unit', { shown_cents: 123_400 })).statusCode).toBe(403);
    expect((await as('ATTORNEY', 'GET', '')).statusCode).toBe(403);
    const rows = await withTenant(pool, tenantId, (scope) =>
      readAudit(scope, tenantId, { afterSeq: 0, limit: 50 }),
    );
    expect(new Set(rows.map(({ action }) => action))).toEqual(
      new Set(['payments.unit', 'payments.accounts', 'payments.events_secret']),
    );
  });
});
