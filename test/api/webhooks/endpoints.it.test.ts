import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import type { App } from '../../../src/api/app-types.js';
import type { Role } from '../../../src/api/permissions.js';
import { createCipher } from '../../../src/config/cipher.js';
import { auditOf } from '../../../src/db/audit.js';
import { openPool } from '../../../src/db/pool.js';
import { withTenant } from '../../../src/db/tenant.js';
import { twoFirms } from '../../db/support/firm.js';
import { freshDatabase, type FreshDatabase } from '../../support/servers.js';
import { bearer, testApp } from '../support/app.js';

let database: FreshDatabase;
let pool: Pool;
let app: App;
beforeAll(async () => {
  database = await freshDatabase();
  pool = openPool(database.appUrl, 5, () => undefined);
  await twoFirms(pool);
  app = await testApp({
    pool,
    webhooks: {
      box: createCipher(randomBytes(32)),
      policy: { ports: [443], allowPrivate: false },
      maxRatePerMinute: 600,
      start: () => Promise.resolve('op:firm-a:webhook:x'),
      reconnected: () => Promise.resolve(),
    },
  });
}, 60_000);
afterAll(async () => {
  await app.close();
  await pool.end();
  await database.drop();
});

interface Body {
  id: string;
  secret: string;
  code: string;
  errors: { field: string }[];
  endpoints: { id: string }[];
}
async function ask(
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
  path: string,
  options: { body?: object; role?: Role; tenantId?: string } = {},
): Promise<{ status: number; body: Body; text: string }> {
  const { body, role = 'ADMIN', tenantId = 'firm-a' } = options;
  const headers = await bearer({ tenantId, roles: [role], subject: 'pat' });
  const answer = await app.inject({ method, url: `/api/v1${path}`, headers, ...(body && { payload: body }) });
  const json = answer.body === '' ? ({} as Body) : answer.json<Body>();
  return { status: answer.statusCode, body: json, text: answer.body };
}
const url = 'https://hooks.example.com/in?token=s3cret';
const wanted = { url, event_types: ['write.parked'], reason: 'the firm’s own dashboard' };
const create = (more: object = {}) => ask('POST', '/webhooks/endpoints', { body: { ...wanted, ...more } });

describe('an endpoint', () => {
  test('is shown with its secret once; afterwards neither secret nor address is to be had', async () => {
    const created = await create();
    expect(created.status).toBe(201);
    expect(created.body.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const { id } = created.body;
    for (const path of [`/webhooks/endpoints/${id}`, '/webhooks/endpoints']) {
      const { status, text } = await ask('GET', path, { role: 'ATTORNEY' });
      expect(status).toBe(200);
      expect(text).toContain('hooks.example.com');
      expect(text).not.toMatch(/s3cret|whsec_/);
    }
    const stored = await withTenant(pool, 'firm-a', (scope) =>
      scope.query<{ row: string }>(
        'select encode(sealed, $2) || webhook_endpoints::text as row from webhook_endpoints where endpoint_id = $1',
        [id, 'escape'],
      ),
    );
    expect(stored.rows[0]?.row).not.toMatch(/s3cret|whsec_/);
  });

  test('is made, changed and deleted by administrators only, and each of it is audited', async () => {
    const body = { ...wanted, description: 'dashboard' };
    for (const role of ['ATTORNEY', 'STAFF', 'READ_ONLY'] as const)
      expect((await ask('POST', '/webhooks/endpoints', { body, role })).status).toBe(403);
    expect((await ask('GET', '/webhooks/endpoints', { role: 'STAFF' })).status).toBe(403);
    const { id } = (await create()).body;
    const path = `/webhooks/endpoints/${id}`;
    const change = { state: 'disabled', reason: 'too loud' };
    expect((await ask('PATCH', path, { body: change, role: 'STAFF' })).status).toBe(403);
    expect(await ask('PATCH', path, { body: change })).toMatchObject({ body: { state: 'disabled' } });
    expect((await ask('POST', `${path}/test`)).status).toBe(404);
    await ask('PATCH', path, { body: { state: 'active', reason: 'again' } });
    expect((await ask('POST', `${path}/test`)).status).toBe(202);
    expect(
      (await ask('POST', `${path}/rotate`, { body: { reason: 'leaked', overlap_hours: 0 } })).status,
    ).toBe(200);
    expect((await ask('DELETE', path, { role: 'STAFF' })).status).toBe(403);
    expect((await ask('DELETE', path)).status).toBe(204);
    expect((await ask('DELETE', path)).status).toBe(404);
    const events = await withTenant(pool, 'firm-a', (scope) => auditOf(scope, 'firm-a', `webhook:${id}`, 20));
    expect(events.map(({ action, actor, reason }) => [action, actor, reason])).toEqual([
      ['webhook.create', 'pat', wanted.reason],
      ['webhook.change', 'pat', 'too loud'],
      ['webhook.change', 'pat', 'again'],
      ['webhook.rotate', 'pat', 'leaked'],
      ['webhook.delete', 'pat', 'deleted'],
    ]);
    expect(JSON.stringify(events)).not.toMatch(/s3cret|whsec_/);
  });

  test('of another firm does not exist', async () => {
    const { id } = (await create()).body;
    const path = `/webhooks/endpoints/${id}`;
    const tenantId = 'firm-b';
    expect((await ask('GET', path, { tenantId })).status).toBe(404);
    expect((await ask('DELETE', path, { tenantId })).status).toBe(404);
    expect((await ask('POST', `${path}/rotate`, { tenantId, body: { reason: 'x' } })).status).toBe(404);
    expect((await ask('GET', '/webhooks/endpoints', { tenantId })).body.endpoints).toEqual([]);
  });

  test.each([
    ['http://hooks.example.com/', 'body.url'],
    ['https://169.254.169.254/latest/meta-data', 'body.url'],
    ['https://localhost/', 'body.url'],
    ['https://hooks.example.com:6379/', 'body.url'],
  ])('at %s is refused, naming the field', async (bad, field) => {
    expect(await create({ url: bad })).toMatchObject({
      status: 400,
      body: { code: 'validation', errors: [{ field }] },
    });
  });

  test.each([
    ['an unknown event', { event_types: ['everything'] }],
    ['an event twice', { event_types: ['write.parked', 'write.parked'] }],
    ['a rate beyond the limit', { rate_per_minute: 601 }],
    ['no reason', { reason: ' ' }],
  ])('with %s is refused', async (_what, wrong) => expect((await create(wrong)).status).toBe(400));
});

describe('a REST hook', () => {
  const hook = { target_url: 'https://hooks.zapier.com/hooks/standard/1/abc/', event: 'intake.completed' };

  test('is subscribed with 201 and an id; asked again it is the same one', async () => {
    const first = await ask('POST', '/hooks', { body: hook });
    expect(first).toMatchObject({ status: 201, body: { id: expect.stringMatching(/^ep_/), ...hook } });
    const again = await ask('POST', '/hooks', { body: hook });
    expect([again.status, again.body.id]).toEqual([201, first.body.id]);
    const other = await ask('POST', '/hooks', { body: { ...hook, event: 'write.parked' } });
    expect(other.body.id).not.toBe(first.body.id);
  });

  test('is unsubscribed as often as it is asked for, and then subscribed anew', async () => {
    const body = { hookUrl: 'https://hooks.zapier.com/hooks/standard/1/def/', event: hook.event };
    const { id } = (await ask('POST', '/hooks', { body })).body;
    expect((await ask('DELETE', `/hooks/${id}`)).status).toBe(204);
    expect((await ask('DELETE', `/hooks/${id}`)).status).toBe(204);
    expect((await ask('DELETE', `/hooks/ep_${'0'.repeat(24)}`)).status).toBe(204);
    expect((await ask('POST', '/hooks', { body })).body.id).not.toBe(id);
  });

  test('to a private address is refused', async () => {
    const body = { ...hook, target_url: 'https://10.0.0.8/' };
    expect(await ask('POST', '/hooks', { body })).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'body.target_url' }] },
    });
  });

  test('has a sample in the shape of its deliveries: a list of one object with an id', async () => {
    const { status, text } = await ask('GET', '/hooks/samples/intake.completed', { role: 'ATTORNEY' });
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject([
      { id: expect.stringMatching(/^evt_/), type: 'intake.completed', call_id: expect.any(String) },
    ]);
  });
});
