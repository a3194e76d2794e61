/** Subscriptions to a firm's Clio: made, shaken hands over, delivered to, renewed and ended, over real HTTP. */
import { createHmac, randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Pool } from 'pg';
import { openFirm } from '../../src/activities/clio-firm.js';
import { keepSubscribed, unsubscribe } from '../../src/activities/clio-webhooks.js';
import { connectVendor } from '../../src/activities/vendor-tokens.js';
import type { App } from '../../src/api/app-types.js';
import { createCipher } from '../../src/config/cipher.js';
import { listWebhooks } from '../../src/db/clio-webhooks.js';
import { openPool } from '../../src/db/pool.js';
import { withTenant } from '../../src/db/tenant.js';
import { clioPlaces } from '../../src/domain/clio-regions.js';
import { clioApp } from '../../standins/clio/oauth.js';
import { startClio, type ClioHarness } from '../standins/clio/harness.js';
import { twoFirms } from '../db/support/firm.js';
import { eventually } from '../support/eventually.js';
import { noPacer } from '../support/pacer.js';
import { type FreshDatabase, freshDatabase } from '../support/servers.js';
import { bearer, testApp } from './support/app.js';

const DAY_MS = 86_400_000;
const MODELS = ['calendar_entry', 'communication', 'contact', 'matter', 'task'];
const box = createCipher(randomBytes(32));
const tenantId = 'firm-a';

let clio: ClioHarness;
let database: FreshDatabase;
let pool: Pool;
let app: App;
let receiver: string;
beforeAll(async () => {
  [clio, database] = await Promise.all([startClio(), freshDatabase()]);
  pool = openPool(database.appUrl, 10, () => undefined);
  await twoFirms(pool);
  app = await testApp({ pool, box });
  await app.listen({ host: '127.0.0.1', port: 0 });
  receiver = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}/webhooks/clio/`;
});
afterAll(async () => {
  await app.close();
  await pool.end();
  await Promise.all([database.drop(), clio.close()]);
});
beforeEach(async () => {
  await clio.reset();
  await clio.control.configure({
    ...{ webhooksHttpsOnly: false, rateLimitPerMinute: 10_000 },
    // Longer than any test lets the clock run.
    accessTokenLifetimeSeconds: 365 * 86_400,
  });
  await inFirm('delete from clio_events');
  await inFirm('delete from clio_webhooks');
  await connectVendor(
    { pool, box, tenantId, system: 'clio' },
    { baseUrl: clio.url, settings: {}, tokens: { accessToken: await clio.token() }, expiresAt: null },
  );
});

const inFirm = (statement: string): Promise<unknown> =>
  withTenant(pool, tenantId, (scope) => scope.query(statement));
const firm = () =>
  openFirm(
    { pool, box, timeoutMs: 5_000, places: clioPlaces({ us: clioApp }, { us: clio.url }) },
    tenantId,
    new AbortController().signal,
    noPacer,
  );
const keep = async (nowMs = Date.now()) => keepSubscribed({ pool, box, receiver }, await firm(), nowMs);
const rows = () => withTenant(pool, tenantId, (scope) => listWebhooks(scope, tenantId));
const newContact = async () =>
  (await clio.call('POST', '/contacts', { type: 'Person', first_name: 'Dana', last_name: 'W' })).id;
const events = async () => {
  const answer = await app.inject({
    method: 'GET',
    url: '/api/v1/connections/clio/events',
    headers: await bearer({ tenantId, roles: ['STAFF'] }),
  });
  return answer.json<{ events: Record<string, unknown>[] }>().events;
};
interface Delivered {
  deliveries: { url: string; body: string; signature: string; status: number }[];
}
const statuses = async (): Promise<number[]> =>
  ((await (await fetch(`${clio.url}/__control/deliveries`)).json()) as Delivered).deliveries.map(
    ({ status }) => status,
  );
/** Under a token of its own: the harness's is as old as the test. */
const subscriptions = async () => {
  const answer = await fetch(`${clio.url}/api/v4/webhooks?fields=id,model,status`, {
    headers: { authorization: `Bearer ${await clio.token()}` },
  });
  return ((await answer.json()) as { data: { id: number; model: string; status: string }[] }).data;
};

describe('a firm’s subscriptions', () => {
  test('are made for every model, with hands shaken and the secret sealed, and nothing is due then', async () => {
    expect(Object.keys(await keep()).sort()).toEqual(MODELS);
    expect((await subscriptions()).map(({ status }) => status)).toEqual(MODELS.map(() => 'enabled'));
    const [secret = ''] = (await clio.control.ledger('webhook')).records.flatMap(
      ({ data }) => (data as { shared_secret?: string }).shared_secret || [],
    );
    const kept = await rows();
    expect(kept.map(({ model }) => model)).toEqual(MODELS);
    expect(secret).toMatch(/^[0-9a-f]{32}$/);
    for (const { sealedSecret } of kept) expect(sealedSecret?.toString('latin1')).not.toContain(secret);
    const before = (await clio.control.ledger()).requests.length;
    expect(await keep()).toEqual({});
    expect((await clio.control.ledger()).requests).toHaveLength(before);
  });

  test('are renewed long before they run out, and made anew when they have', async () => {
    await keep();
    const ids = (await rows()).map(({ webhookId }) => webhookId);
    await clio.control.advanceClock(10 * DAY_MS);
    expect(Object.values(await keep(Date.now() + 10 * DAY_MS))).toEqual(MODELS.map(() => 'renewed'));
    expect((await rows()).map(({ webhookId }) => webhookId)).toEqual(ids);
    for (const { expiresAt } of await rows())
      expect(expiresAt?.getTime()).toBeGreaterThan(Date.now() + 39 * DAY_MS);
    await clio.control.advanceClock(41 * DAY_MS);
    expect(Object.values(await keep(Date.now() + 51 * DAY_MS))).toEqual(MODELS.map(() => 'made'));
    expect(await subscriptions()).toHaveLength(MODELS.length);
  });

  test('of which Clio has lost one are completed', async () => {
    await keep();
    const [first] = await subscriptions();
    await clio.call('DELETE', `/webhooks/${first?.id}`);
    await clio.control.advanceClock(10 * DAY_MS);
    expect(Object.values(await keep(Date.now() + 10 * DAY_MS)).sort()).toEqual(
      ['made', ...MODELS.slice(1).map(() => 'renewed')].sort(),
    );
    expect(await subscriptions()).toHaveLength(MODELS.length);
  });

  test('go when the firm leaves', async () => {
    await keep();
    await unsubscribe({ pool, box, receiver }, await firm());
    expect([await subscriptions(), await rows()]).toEqual([[], []]);
  });
});

describe('a delivery', () => {
  test('is shown once however often it comes, with the write of ours that made the record', async () => {
    await keep();
    const id = await newContact();
    await inFirm(
      `insert into writes (tenant_id, workflow_id, call_id, system, operation, priority, state, external_id)
       values ('firm-a', 'op:firm-a:clio:call_x.contact', 'call_x', 'clio', 'clio.contact.create', 'LOW', 'done', '${id}')
       on conflict (tenant_id, workflow_id) do update set external_id = excluded.external_id`,
    );
    await eventually(async () => (await events()).length === 1, {
      withinMs: 5_000,
      what: 'the event is there',
    });
    await clio.control.post('redeliver');
    expect(await statuses()).toEqual([200]);
    expect(await events()).toMatchObject([
      { model: 'contact', event: 'created', record_id: String(id), call_id: 'call_x' },
    ]);
  });

  test('is admitted with its signature in base64 as well', async () => {
    await clio.control.configure({ webhookSignature: 'base64' });
    await keep();
    await newContact();
    await eventually(async () => (await events()).length === 1, {
      withinMs: 5_000,
      what: 'the event is there',
    });
  });

  test('that nobody signed, or that was signed with another secret, is refused', async () => {
    await keep();
    const [row] = await rows();
    const body = JSON.stringify({ data: { id: 1, etag: '"x"' }, meta: { event: 'deleted', webhook_id: 1 } });
    const forged = createHmac('sha256', 'another').update(body).digest('hex');
    for (const signature of [undefined, '', forged])
      expect((await post(row!.pathKey, body, signature)).status).toBe(403);
    expect(await events()).toEqual([]);
  });

  test('to an address that is no more ends the subscription; to one we never gave, it finds nothing', async () => {
    await keep();
    const [row] = await rows();
    await inFirm('delete from clio_webhooks');
    expect((await post(row!.pathKey, '{}', 'x')).status).toBe(410);
    expect((await post('made-up', '{}', 'x')).status).toBe(404);
    await newContact();
    await eventually(async () => (await subscriptions()).some(({ status }) => status === 'suspended'), {
      withinMs: 5_000,
      what: 'Clio gives the subscription up',
    });
  });

  test('cannot be prepared by a second handshake', async () => {
    await keep();
    const [row] = await rows();
    const answer = await fetch(receiver + row!.pathKey, {
      method: 'POST',
      headers: { 'x-hook-secret': 'mine', 'content-type': 'application/json' },
      body: '{}',
    });
    expect([answer.status, answer.headers.get('x-hook-secret')]).toEqual([403, null]);
  });
});

const post = (key: string, body: string, signature: string | undefined): Promise<Response> =>
  fetch(receiver + key, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(signature !== undefined && { 'x-hook-signature': signature }),
    },
    body,
  });
