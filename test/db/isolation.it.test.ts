import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg, { type Pool } from 'pg';
import { openPool } from '../../src/db/pool.js';
import { withTenant } from '../../src/db/tenant.js';
import { type FreshDatabase, freshDatabase } from '../support/servers.js';
import { newCallId, twoFirms } from './support/firm.js';

/** One row of each table, as its owner writes it. `$1` is the tenant, `$2` a call id. */
const inserts: Record<string, string> = {
  calls: `insert into calls (tenant_id, call_id, token_hash, token_expires_at) values ($1, $2, '\\x00', now())`,
  connections: `insert into connections (tenant_id, system, base_url) values ($1, 'clio', $2)`,
  intakes: `insert into intakes (tenant_id, call_id, phase, record) values ($1, $2, 'done', '{}')`,
  writes: `insert into writes (tenant_id, workflow_id, call_id, system, operation, priority, state)
           values ($1, 'w-' || $2, $2, 'clio', 'clio.note.create', 'LOW', 'running')`,
  payment_requests: `insert into payment_requests (tenant_id, reference, call_id, amount_cents, currency, account, url)
           values ($1, $2, $2, 1, 'USD', 'trust', 'u')`,
  recordings: `insert into recordings (tenant_id, call_id, state) values ($1, $2, 'recording')`,
  recording_events: `insert into recording_events (tenant_id, call_id, action, actor) values ($1, $2, 'began', 'caller')`,
  latency_minutes: `insert into latency_minutes (tenant_id, stage, minute, instance, samples, histogram)
           values ($1, 'total', now(), $2, 1, '\\x00')`,
  audit_log: `insert into audit_log (tenant_id, seq, event_id, at, actor, action, subject, reason, prev_hash, hash)
           values ($1, 1, $2, now(), 'a', 'a', 's', 'r', sha256(''), sha256(''))`,
  write_attempts: `insert into write_attempts (tenant_id, workflow_id, attempt, error_class) values ($1, 'w-' || $2, 1, 'invalid')`,
  write_issues: `insert into write_issues (tenant_id, fingerprint, system, operation, error_class, pattern)
           values ($1, $2, 'clio', 'clio.note.create', 'invalid', 'x')`,
  alerts: `insert into alerts (tenant_id, kind, subject, severity, message) values ($1, 'k', $2, 'warning', 'm')`,
  breakers: `insert into breakers (tenant_id, system, state, failures, epoch, wait_ms, canary)
           values ($1, 'clio', 'half_open', 0, 1, 0, $2)`,
  redrive_jobs: `insert into redrive_jobs (tenant_id, job_id, name, filter, state, canary, ramp, total, created_by)
           values ($1, $2, $2, '{}', 'running', 0, true, 1, 'a')`,
  redrive_items: `insert into redrive_items (tenant_id, job_id, seq, workflow_id) values ($1, $2, 1, 'w-' || $2)`,
  reconciliations: `insert into reconciliations (tenant_id, at, compared, drift) values ($1, now(), length($2), 0)`,
  rate_slots: `insert into rate_slots (tenant_id, system, due_ms, booked_ms)
           values ($1, 'clio' || left($2, 0), 0, 0)`,
  leads: `insert into leads (tenant_id, reference, state, sends, sent_at) values ($1, $2, 'sent', 1, now())`,
  money_movements: `insert into money_movements (tenant_id, reference, kind, account_kind, account_id, amount_cents, currency, state)
           values ($1, $2, 'CHARGE', 'trust', 'a', 1, 'USD', 'ready')`,
  payment_pages: `insert into payment_pages (tenant_id, page_id, secret_sha256, request_reference, purpose, fee, account_kind,
             account_id, amount_cents, currency, public_key, expires_at)
           values ($1, $2, '\\x00', $2, 'consultation', 'unearned', 'trust', 'a', 1, 'USD', 'm_', now())`,
  lawpay_events: `insert into lawpay_events (tenant_id, event_id, type, source) values ($1, $2, 'transaction.updated', 'poll')`,
  lawpay_transactions: `insert into lawpay_transactions (tenant_id, transaction_id, type, status, amount_cents, refunded_cents,
             account_id, created_at, modified_at) values ($1, $2, 'CHARGE', 'AUTHORIZED', 1, 0, 'a', now(), now())`,
  payment_watch: `insert into payment_watch (tenant_id, compared) values ($1, jsonb_build_object('n', length($2)))`,
  payment_drifts: `insert into payment_drifts (tenant_id, kind, subject, detail) values ($1, 'missing', $2, 'd')`,
  connect_states: `insert into connect_states (tenant_id, nonce_hash, browser_hash, system, actor, details, expires_at)
           values ($1, sha256($2::text::bytea), sha256(''), 'clio', 'a', '{}', now())`,
  clio_webhooks: `insert into clio_webhooks (tenant_id, model, path_key) values ($1, 'matter', $2)`,
  clio_events: `insert into clio_events (tenant_id, webhook_id, record_id, etag, event, model)
           values ($1, 1, $2, 'e', 'created', 'matter')`,
  webhook_endpoints: `insert into webhook_endpoints (tenant_id, endpoint_id, kind, host, url_hash, event_types,
                                  rate_per_minute, created_by)
           values ($1, $2, 'standard', 'h', '\\x00', '{}', 60, 'a')`,
  notice_channels: `insert into notice_channels (tenant_id, channel_id, system, shown, created_by)
           values ($1, $2, 'mail', 'x', 'a')`,
  outgoing_events: `insert into outgoing_events (tenant_id, event_id, type, occurred_at, data)
           values ($1, $2, 'call.completed', now(), '{}')`,
  turn_minutes: `insert into turn_minutes (tenant_id, minute, instance, turns, errors) values ($1, now(), $2, 1, 0)`,
};

/** Nobody changes rows of these, whosever they are. */
const addedToOnly = ['audit_log', 'recording_events', 'connect_states'];

let database: FreshDatabase;
let pool: Pool;
let owner: pg.Client;
const callId = newCallId();
beforeAll(async () => {
  database = await freshDatabase();
  pool = openPool(database.appUrl, 5, () => undefined);
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  await twoFirms(pool);
  for (const insert of Object.values(inserts))
    await withTenant(pool, 'firm-a', (scope) => scope.query(insert, ['firm-a', callId]));
});
afterAll(async () => {
  await owner.end();
  await pool.end();
  await database.drop();
});

const tables = ['tenants', ...Object.keys(inserts)];
const count = async (rows: Promise<pg.QueryResult>): Promise<number> => (await rows).rows.length;

test('every table with a tenant is tried here, and every table has one', async () => {
  const { rows } = await owner.query<{ name: string; forced: boolean; tenanted: boolean }>(
    `select relname as name, relrowsecurity and relforcerowsecurity as forced,
            exists (select from pg_attribute a where a.attrelid = c.oid and attname = 'tenant_id') as tenanted
       from pg_class c where relkind = 'r' and relnamespace = 'public'::regnamespace and relname <> 'schema_migrations'`,
  );
  expect(rows.map((row) => row.name).sort()).toEqual([...tables].sort());
  for (const row of rows) expect(row).toMatchObject({ forced: true, tenanted: true });
});

test('the application role owns nothing and cannot switch the policies off', async () => {
  const { rows } = await owner.query<{ owned: string }>(
    `select count(*) as owned from pg_class where relowner = (select usesysid from pg_user where usename = $1)`,
    [new URL(database.appUrl).username],
  );
  expect(rows[0]?.owned).toBe('0');
  await expect(pool.query('alter table calls disable row level security')).rejects.toThrow(/owner/);
});

describe.each(tables)('%s', (table) => {
  test('is seen by the firm it belongs to', async () => {
    expect(await withTenant(pool, 'firm-a', (scope) => count(scope.query(`select * from ${table}`)))).toBe(1);
  });

  test('shows another firm none of it, though nothing in the query says whose rows', async () => {
    const mine = table === 'tenants' ? 1 : 0; // firm-b sees itself
    const rows = await withTenant(pool, 'firm-b', (scope) => count(scope.query(`select * from ${table}`)));
    expect(rows).toBe(mine);
    const theirs = `select * from ${table} where tenant_id = 'firm-a'`;
    expect(await withTenant(pool, 'firm-b', (scope) => count(scope.query(theirs)))).toBe(0);
  });

  test('shows nothing outside a tenant’s scope, also on a connection that has just served one', async () => {
    for (let i = 0; i < 5; i++) expect(await count(pool.query(`select * from ${table}`))).toBe(0);
  });

  test('lets nobody write for another firm', async () => {
    const change = `update ${table} set tenant_id = 'firm-b' where tenant_id = 'firm-a'`;
    await expect(withTenant(pool, 'firm-a', (scope) => scope.query(change))).rejects.toMatchObject({
      code: '42501',
    });
    const changed = withTenant(pool, 'firm-b', (scope) => scope.query(change));
    if (addedToOnly.includes(table)) await expect(changed).rejects.toMatchObject({ code: '42501' });
    else expect((await changed).rowCount).toBe(0);
    const insert =
      inserts[table] ??
      `insert into tenants (tenant_id, profile) values ('firm-c' || left($1, 0) || left($2, 0), '{}')`;
    const intruding = withTenant(pool, 'firm-b', (scope) => scope.query(insert, ['firm-a', newCallId()]));
    await expect(intruding).rejects.toMatchObject({ code: '42501' });
  });
});
