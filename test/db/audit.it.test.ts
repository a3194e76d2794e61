import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg, { type Pool } from 'pg';
import { appendAllAudit, type AuditEvent, appendAudit, auditOf, readAudit } from '../../src/db/audit.js';
import { checkChain } from '../../src/db/audit-chain.js';
import { openPool } from '../../src/db/pool.js';
import { withTenant } from '../../src/db/tenant.js';
import { listTenants } from '../../src/db/tenants.js';
import { type FreshDatabase, freshDatabase } from '../support/servers.js';
import { twoFirms } from './support/firm.js';

let database: FreshDatabase;
let pool: Pool;
let owner: pg.Client;
beforeAll(async () => {
  database = await freshDatabase();
  pool = openPool(database.appUrl, 10, () => undefined);
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  await twoFirms(pool);
});
afterAll(async () => {
  await owner.end();
  await pool.end();
  await database.drop();
});

const event = (tenantId: string, eventId: string): AuditEvent => ({
  tenantId,
  eventId,
  atMs: Date.now(),
  actor: 'user-7',
  action: 'write.edit',
  subject: `op:${tenantId}:clio:x`,
  reason: 'misheard “name”',
  details: { via: 'update', revision: 3, jobId: 'job-1' },
  sealed: Buffer.from(eventId),
});
const append = (tenantId: string, eventId: string): Promise<boolean> =>
  withTenant(pool, tenantId, (scope) => appendAudit(scope, event(tenantId, eventId)));
const chain = (tenantId: string) =>
  withTenant(pool, tenantId, (scope) => readAudit(scope, tenantId, { afterSeq: 0, limit: 500 }));

test('decisions of two firms at the same moment make two chains without gaps, and a repeat adds nothing', async () => {
  const ids = Array.from({ length: 20 }, (_, i) => `e${i}`);
  await Promise.all([...ids, ...ids].flatMap((id) => [append('firm-a', id), append('firm-b', id)]));
  for (const tenantId of ['firm-a', 'firm-b']) {
    const rows = await chain(tenantId);
    expect(rows.map((row) => row.eventId).sort()).toEqual([...ids].sort());
    expect(checkChain(rows)).toEqual({ head: { seq: 20, hash: rows.at(-1)!.hash } });
  }
});

test('nobody changes or removes a row, not even the owner of the table', async () => {
  await append('firm-a', 'kept');
  const before = (await chain('firm-a')).length;
  for (const change of ["update audit_log set actor = 'x'", 'delete from audit_log']) {
    await expect(withTenant(pool, 'firm-a', (scope) => scope.query(change))).rejects.toThrow(/denied/);
    await expect(owner.query(change)).rejects.toThrow('append-only');
  }
  await expect(owner.query('truncate audit_log')).rejects.toThrow('append-only');
  expect(await chain('firm-a')).toHaveLength(before);
});

test('whoever switches the guard off and rewrites a row is found out', async () => {
  await append('firm-b', 'before the forgery');
  await owner.query('alter table audit_log disable trigger audit_append_only');
  await owner.query("select set_config('hermes.tenant', 'firm-b', false)");
  const { rowCount } = await owner.query("update audit_log set reason = 'another' where seq = 2");
  expect(rowCount).toBe(1);
  expect(checkChain(await chain('firm-b')).broken).toEqual({ seq: 2, problem: 'altered' });
  expect(checkChain(await chain('firm-a')).broken).toBeUndefined();
});

test('what was decided about one write is found with what was sealed, oldest first', async () => {
  const found = await withTenant(pool, 'firm-a', (s) => auditOf(s, 'firm-a', 'op:firm-a:clio:x', 5));
  expect(found).toHaveLength(5);
  expect(found.at(-1)).toMatchObject({ eventId: 'kept', sealed: Buffer.from('kept') });
});

test('scheduled work sees the names of all firms and nothing else of them', async () => {
  expect(await listTenants(pool)).toEqual(['firm-a', 'firm-b']);
  const others = await withTenant(pool, '*', (scope) => scope.query('select * from audit_log'));
  expect(others.rows).toEqual([]);
});

test('many events are appended at once: in their order, each name once, and the chain holds', async () => {
  const firm = 'firm-a';
  const before = await chain(firm);
  await append(firm, 'many-known');
  const names = ['many-1', 'many-known', 'many-2', 'many-1', 'many-3'];
  const events = names.map((name) => event(firm, name));
  const added = await withTenant(pool, firm, (scope) => appendAllAudit(scope, firm, events));
  expect(added).toBe(3);
  const after = await chain(firm);
  expect(after.slice(before.length).map(({ eventId }) => eventId)).toEqual([
    'many-known',
    'many-1',
    'many-2',
    'many-3',
  ]);
  expect(checkChain(after)).toEqual({ head: { seq: after.length, hash: after.at(-1)!.hash } });
});
