import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Pool } from 'pg';
import { type DeadLetterRow, listDeadLetters, ownWriteRevisions } from '../../src/db/dead-letters.js';
import { deadLetterStats } from '../../src/db/dead-letter-stats.js';
import { openPool } from '../../src/db/pool.js';
import { withTenant } from '../../src/db/tenant.js';
import { projectWrite } from '../../src/db/writes.js';
import { type FreshDatabase, freshDatabase } from '../support/servers.js';
import { newCallId, twoFirms } from './support/firm.js';

const START_MS = Date.parse('2026-11-20T10:00:00Z');
let database: FreshDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await freshDatabase();
  pool = openPool(database.appUrl, 5, () => undefined);
  await twoFirms(pool);
  for (let i = 0; i < 12; i++) await project('firm-a', i, 'parked');
  await project('firm-a', 12, 'backoff');
  await project('firm-b', 13, 'parked');
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

/** Every third is LawPay and auth; the first two are CRITICAL; pairs are parked in the same millisecond. */
async function project(tenantId: string, i: number, state: 'parked' | 'backoff'): Promise<void> {
  const lawpay = i % 3 === 0;
  const identity = {
    tenantId,
    workflowId: `op:${tenantId}:${i}`,
    callId: newCallId(),
    system: lawpay ? ('lawpay' as const) : ('clio' as const),
    operation: lawpay ? ('lawpay.paymentRequest.create' as const) : ('clio.matter.create' as const),
    priority: i < 2 ? ('CRITICAL' as const) : ('MEDIUM' as const),
  };
  const errorClass = lawpay ? ('auth' as const) : ('invalid' as const);
  const parkedAtMs = START_MS + Math.floor(i / 2) * 1_000;
  const progress = { state, attempts: 5, revision: i, errorClass, errorMessage: 'HTTP 422', parkedAtMs };
  await withTenant(pool, tenantId, (scope) => projectWrite(scope, identity, progress));
}

test('parked writes are listed once each, longest parked first, over pages that cut through equal times', async () => {
  const seen: DeadLetterRow[] = [];
  for (;;) {
    const page = await listDeadLetters(pool, 'firm-a', { limit: 5, after: seen.at(-1) });
    seen.push(...page);
    if (page.length < 5) break;
  }
  expect(new Set(seen.map((row) => row.workflowId)).size).toBe(12);
  expect(seen).toHaveLength(12);
  expect(seen[0]?.parkedAt).toBe('2026-11-20T10:00:00.000000Z');
  const times = seen.map((row) => row.parkedAt);
  expect(times).toEqual([...times].sort());
});

test('parked writes can be narrowed by system, priority and error class', async () => {
  const found = async (filter: object): Promise<number> =>
    (await listDeadLetters(pool, 'firm-a', { limit: 100, filter })).length;
  expect(await found({ system: 'lawpay' })).toBe(4);
  expect(await found({ priority: 'CRITICAL' })).toBe(2);
  expect(await found({ errorClass: 'invalid' })).toBe(8);
  expect(await found({ system: 'lawpay', errorClass: 'invalid' })).toBe(0);
});

test('parked writes are counted by priority, system and error class, those of the firm alone', async () => {
  const { byAge, ...stats } = await deadLetterStats(pool, 'firm-a');
  expect(Object.values(byAge)).toEqual([12]);
  expect(stats).toEqual({
    parked: 12,
    oldestParkedAt: new Date(START_MS),
    byPriority: { CRITICAL: 2, MEDIUM: 10 },
    byOperation: { 'clio.matter.create': 8, 'lawpay.paymentRequest.create': 4 },
    bySystem: { clio: 8, lawpay: 4 },
    byErrorClass: { invalid: 8, auth: 4 },
  });
});

test('a firm with nothing parked has zero and no oldest', async () => {
  expect(await deadLetterStats(pool, 'firm-none')).toEqual({
    parked: 0,
    oldestParkedAt: null,
    byPriority: {},
    byOperation: {},
    byAge: {},
    bySystem: {},
    byErrorClass: {},
  });
});

test('ids of another firm have no revision', async () => {
  const revisions = await ownWriteRevisions(pool, 'firm-a', ['op:firm-a:3', 'op:firm-b:13', 'op:none']);
  expect([...revisions]).toEqual([['op:firm-a:3', 3]]);
});

test('the other orders page through everything too, and CRITICAL comes first in one of them', async () => {
  for (const sort of ['newest', 'priority'] as const) {
    const seen: DeadLetterRow[] = [];
    for (;;) {
      const page = await listDeadLetters(pool, 'firm-a', { sort, limit: 5, after: seen.at(-1) });
      seen.push(...page);
      if (page.length < 5) break;
    }
    expect(new Set(seen.map((row) => row.workflowId)).size).toBe(12);
    const times = seen.map((row) => row.parkedAt);
    if (sort === 'newest') expect(times).toEqual([...times].sort().reverse());
    else expect(seen.map((row) => row.priority).slice(0, 3)).toEqual(['CRITICAL', 'CRITICAL', 'MEDIUM']);
  }
});

test('parked writes can be narrowed by time, operation, call and what they failed of', async () => {
  const [first] = await listDeadLetters(pool, 'firm-a', { limit: 1 });
  const found = async (filter: object): Promise<number> =>
    (await listDeadLetters(pool, 'firm-a', { limit: 100, filter })).length;
  expect(await found({ parkedFromMs: START_MS + 1_000, parkedBeforeMs: START_MS + 3_000 })).toBe(4);
  expect(await found({ operation: 'clio.matter.create' })).toBe(8);
  expect(await found({ callId: first!.callId! })).toBe(1);
  expect(await found({ fingerprint: first!.fingerprint! })).toBe(4);
  expect(await found({ awaitingApproval: true })).toBe(0);
});
