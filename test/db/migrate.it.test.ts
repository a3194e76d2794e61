import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { migrate } from '../../src/db/migrate.js';
import { freshDatabase, servers, type FreshDatabase } from '../support/servers.js';

const query = async (url: string, text: string): Promise<unknown[]> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
};

describe('migrations on an empty database', () => {
  const name = `empty_${randomBytes(4).toString('hex')}`;
  const ownerUrl = new URL(servers().ownerUrl);
  ownerUrl.pathname = `/${name}`;

  beforeAll(() => query(servers().databaseAdminUrl, `create database ${name} owner hermes_owner`));
  afterAll(() => query(servers().databaseAdminUrl, `drop database ${name} with (force)`));

  test('two processes at once apply each file once, and a later run applies nothing', async () => {
    const both = await Promise.all([migrate(ownerUrl.href), migrate(ownerUrl.href)]);
    expect(both.flat()).toContain('0001_first_call');
    expect(new Set(both.flat()).size).toBe(both.flat().length);
    expect(await migrate(ownerUrl.href)).toEqual([]);
  });
});

describe('a fresh database', () => {
  let database: FreshDatabase;
  beforeAll(async () => {
    database = await freshDatabase();
  });
  afterAll(() => database.drop());

  test('is migrated, and the application role is no owner and bound by row-level security', async () => {
    expect(await migrate(database.ownerUrl)).toEqual([]);
    await expect(query(database.appUrl, 'drop table tenants')).rejects.toThrow('must be owner');
    await expect(
      query(database.appUrl, "insert into tenants (tenant_id, profile) values ('firm-a', '{}')"),
    ).rejects.toThrow('row-level security');
    expect(await query(database.appUrl, 'select * from tenants')).toEqual([]);
  });

  test('is reached by the owner, who may not bypass row-level security either', async () => {
    const [role] = await query(
      database.ownerUrl,
      'select rolsuper, rolbypassrls from pg_roles where rolname = current_user',
    );
    expect(role).toEqual({ rolsuper: false, rolbypassrls: false });
  });
});
