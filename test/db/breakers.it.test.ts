import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Pool } from 'pg';
import { markWoken, waitingWrites } from '../../src/db/breakers.js';
import { openPool } from '../../src/db/pool.js';
import { withTenant } from '../../src/db/tenant.js';
import { projectWrite, type WriteIdentity } from '../../src/db/writes.js';
import { outageClasses } from '../../src/domain/failures.js';
import { freshDatabase, type FreshDatabase } from '../support/servers.js';
import { twoFirms } from './support/firm.js';

const tenantId = 'firm-a';
let database: FreshDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await freshDatabase();
  pool = openPool(database.appUrl, 2, () => undefined);
  await twoFirms(pool);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const id = (name: string): string => `op:${tenantId}:clio:${name}`;

test('a write that waits for the vendor is the canary before any that parked, however often it was tried', async () => {
  const waits = (name: string, state: 'backoff' | 'parked', priority: WriteIdentity['priority'] = 'LOW') => {
    const workflowId = id(name);
    const write = {
      tenantId,
      workflowId,
      callId: 'call_a',
      system: 'clio',
      operation: 'clio.note.create',
    } as const;
    const at = { attempts: 3, revision: 0, errorClass: 'outcome_unknown', errorMessage: 'HTTP 503' } as const;
    return withTenant(pool, tenantId, (scope) =>
      projectWrite(
        scope,
        { ...write, priority },
        { ...at, state, ...(state === 'parked' && { parkedAtMs: 1 }) },
      ),
    );
  };
  // Two at which the vendor falls over, every time; whoever they were first for, everybody else waited behind them.
  await waits('poison-1', 'parked', 'CRITICAL');
  await waits('poison-2', 'parked', 'CRITICAL');
  await waits('tried', 'backoff');
  await waits('fresh', 'backoff');
  const order = await withTenant(pool, tenantId, async (scope) => {
    await markWoken(scope, tenantId, [id('tried')], 4);
    return waitingWrites(scope, { tenantId, lane: 'clio', causes: outageClasses, epoch: 5, limit: 10 });
  });
  expect(order).toEqual(['fresh', 'tried', 'poison-1', 'poison-2'].map(id));
});
