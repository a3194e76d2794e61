import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { keepCallLeases } from '../../src/api/call-leases.js';
import { findCall } from '../../src/db/call-list.js';
import { claimCall, createCall } from '../../src/db/calls.js';
import { openPool } from '../../src/db/pool.js';
import { withTenant } from '../../src/db/tenant.js';
import type { CallId, TenantId } from '../../src/domain/ids.js';
import type { ConversationAgent } from '../../src/voice/session/agent-port.js';
import { newCallId, twoFirms } from '../db/support/firm.js';
import { eventually } from '../support/eventually.js';
import { capturingLogger, silentLogger } from '../support/log.js';
import { type FreshDatabase, freshDatabase } from '../support/servers.js';

let database: FreshDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await freshDatabase();
  pool = openPool(database.appUrl, 5, () => undefined);
  await twoFirms(pool);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const agent = {} as ConversationAgent; // a lease never speaks
/** A call of a firm, claimed through `leases`, whose lease has run out since. */
async function claimedLongAgo(
  leases: ReturnType<typeof keepCallLeases>,
  tenantId: TenantId,
): Promise<CallId> {
  const [callId, tokenHash] = [newCallId(), randomBytes(32)];
  const tokenExpiresAtMs = Date.now() + 60_000;
  await createCall(pool, { tenantId, callId, transport: 'native', tokenHash, tokenExpiresAtMs });
  const claim = leases.watching(async () => {
    await claimCall(pool, tenantId, tokenHash);
    return { ok: true, header: { tenantId, callId, startedAtMs: Date.now() }, agent };
  });
  await claim('token');
  await letLeaseEnd(tenantId, callId);
  return callId;
}
const letLeaseEnd = (tenantId: TenantId, callId: CallId): Promise<unknown> =>
  withTenant(pool, tenantId, (scope) =>
    scope.query("update calls set live_until = now() - interval '1 second' where call_id = $1", [callId]),
  );
const stateOf = async (tenantId: TenantId, callId: CallId): Promise<string | undefined> =>
  (await findCall(pool, tenantId, callId))?.state;
const isLive = async (tenantId: TenantId, callId: CallId): Promise<boolean> =>
  (await stateOf(tenantId, callId)) === 'live';

test('calls on the line are vouched for in every firm, and those that have left it no longer', async () => {
  const onTheLine = new Set<CallId>();
  const registry = { has: (callId: CallId) => onTheLine.has(callId) };
  const leases = keepCallLeases({ pool, registry, logger: silentLogger, everyMs: 10 });
  const gone = await claimedLongAgo(leases, 'firm-a');
  const [here, there] = [await claimedLongAgo(leases, 'firm-a'), await claimedLongAgo(leases, 'firm-b')];
  onTheLine.add(here).add(there);
  await eventually(() => isLive('firm-a', here), { withinMs: 5_000, what: 'the call here' });
  await eventually(() => isLive('firm-b', there), { withinMs: 5_000, what: 'the call there' });
  // One that was just claimed is vouched for once, before it is admitted; from now on it is known to be gone.
  await Promise.all([letLeaseEnd('firm-a', gone), letLeaseEnd('firm-a', here)]);
  await eventually(() => isLive('firm-a', here), { withinMs: 5_000, what: 'the call here, renewed' });
  expect(await stateOf('firm-a', gone)).toBe('ended');
  await leases.close();
});

test('a call of an edge that has gone ends by itself', async () => {
  const leases = keepCallLeases({ pool, registry: { has: () => true }, logger: silentLogger, everyMs: 10 });
  const callId = await claimedLongAgo(leases, 'firm-a');
  await eventually(() => isLive('firm-a', callId), { withinMs: 5_000, what: 'a renewal' });
  await leases.close();
  await letLeaseEnd('firm-a', callId);
  expect(await findCall(pool, 'firm-a', callId)).toMatchObject({ state: 'ended', endReason: 'dropped' });
});

test('a database that is away is told of, and the calls are vouched for when it is back', async () => {
  const away = openPool('postgres://nobody@127.0.0.1:1/none', 1, () => undefined);
  let current = away;
  const switching = { connect: () => current.connect() } as unknown as Pool;
  const { logger, lines } = capturingLogger();
  const leases = keepCallLeases({ pool: switching, registry: { has: () => true }, logger, everyMs: 10 });
  const callId = await claimedLongAgo(leases, 'firm-a');
  await eventually(() => lines.length > 0, { withinMs: 5_000, what: 'the warning' });
  current = pool;
  await eventually(() => isLive('firm-a', callId), { withinMs: 5_000, what: 'a renewal' });
  await leases.close();
  await away.end();
  expect(lines[0]).toMatchObject({ level: 'warn', calls: 1 });
});
