import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { type CallRow, findCall, listCalls } from '../../src/db/call-list.js';
import { claimCall, createCall, endCall, factsOfCall, renewCalls } from '../../src/db/calls.js';
import { openPool } from '../../src/db/pool.js';
import { withTenant } from '../../src/db/tenant.js';
import { saveFirm } from '../../src/db/tenants.js';
import type { CallId } from '../../src/domain/ids.js';
import { type FreshDatabase, freshDatabase } from '../support/servers.js';
import { firmNamed, newCallId, twoFirms } from './support/firm.js';

let database: FreshDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await freshDatabase();
  pool = openPool(database.appUrl, 10, () => undefined);
  await twoFirms(pool);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

async function waitingCall(
  tenantId: string,
  lifetimeMs = 60_000,
): Promise<{ callId: CallId; tokenHash: Buffer }> {
  const [callId, tokenHash] = [newCallId(), randomBytes(32)];
  const tokenExpiresAtMs = Date.now() + lifetimeMs;
  await createCall(pool, { tenantId, callId, transport: 'native', tokenHash, tokenExpiresAtMs });
  return { callId, tokenHash };
}

/** As five minutes without a renewal leave it. */
async function letLeaseEnd(callId: CallId): Promise<void> {
  await withTenant(pool, 'firm-a', (scope) =>
    scope.query("update calls set live_until = now() - interval '1 second' where call_id = $1", [callId]),
  );
}

describe('claiming a call', () => {
  test('a right token gets the call and the firm as it is now', async () => {
    const { callId, tokenHash } = await waitingCall('firm-a');
    const claim = await claimCall(pool, 'firm-a', tokenHash);
    expect(claim).toMatchObject({ status: 'claimed', callId, firm: { name: 'Firm firm-a' } });
  });

  test('of twenty claims at the same moment one wins and the others are told of the replay', async () => {
    const { tokenHash } = await waitingCall('firm-a');
    const claims = await Promise.all(Array.from({ length: 20 }, () => claimCall(pool, 'firm-a', tokenHash)));
    expect(claims.filter((claim) => claim.status === 'claimed')).toHaveLength(1);
    expect(claims.filter((claim) => claim.status === 'replayed')).toHaveLength(19);
  });

  test('an expired token and one nobody issued are unknown', async () => {
    const { tokenHash } = await waitingCall('firm-a', -1_000);
    expect(await claimCall(pool, 'firm-a', tokenHash)).toEqual({ status: 'unknown' });
    expect(await claimCall(pool, 'firm-a', randomBytes(32))).toEqual({ status: 'unknown' });
  });

  test('another firm cannot claim the call, and the call can still be claimed', async () => {
    const { tokenHash } = await waitingCall('firm-a');
    expect(await claimCall(pool, 'firm-b', tokenHash)).toEqual({ status: 'unknown' });
    expect((await claimCall(pool, 'firm-a', tokenHash)).status).toBe('claimed');
  });

  test('the line it comes from stays with the call, and is absent where nobody knew it', async () => {
    const call = { tenantId: 'firm-a', transport: 'twilio', tokenExpiresAtMs: Date.now() + 60_000 };
    const [callId, tokenHash] = [newCallId(), randomBytes(32)];
    await createCall(pool, { ...call, callId, tokenHash, callerIdE164: '+15125550142' });
    expect(await claimCall(pool, 'firm-a', tokenHash)).toMatchObject({ callerIdE164: '+15125550142' });
    expect(await factsOfCall(pool, 'firm-a', callId)).toMatchObject({ callerIdE164: '+15125550142' });
    const unknown = await waitingCall('firm-a');
    expect(await claimCall(pool, 'firm-a', unknown.tokenHash)).not.toHaveProperty('callerIdE164');
  });

  test('a later edit of the firm does not change a call in progress', async () => {
    const { callId, tokenHash } = await waitingCall('firm-a');
    await claimCall(pool, 'firm-a', tokenHash);
    await saveFirm(pool, { ...firmNamed('firm-a'), name: 'Renamed' });
    expect((await factsOfCall(pool, 'firm-a', callId))?.firm.name).toBe('Firm firm-a');
    await saveFirm(pool, firmNamed('firm-a'));
  });
});

describe('the state of a call', () => {
  test('goes from waiting to live to ended, and the first end stands', async () => {
    const { callId, tokenHash } = await waitingCall('firm-a');
    const state = async (): Promise<string | undefined> => (await findCall(pool, 'firm-a', callId))?.state;
    expect(await state()).toBe('waiting');
    await claimCall(pool, 'firm-a', tokenHash);
    expect(await state()).toBe('live');
    await endCall(pool, 'firm-a', callId, { reason: 'caller_hangup', atMs: 1_700_000_000_000 });
    await endCall(pool, 'firm-a', callId, { reason: 'idle', atMs: Date.now() });
    expect(await findCall(pool, 'firm-a', callId)).toMatchObject({
      state: 'ended',
      endReason: 'caller_hangup',
      endedAt: new Date(1_700_000_000_000),
    });
  });

  test('is ended as dropped once no edge vouches for it, and live again when one does', async () => {
    const { callId, tokenHash } = await waitingCall('firm-a');
    await claimCall(pool, 'firm-a', tokenHash);
    await letLeaseEnd(callId);
    expect(await findCall(pool, 'firm-a', callId)).toMatchObject({
      state: 'ended',
      endReason: 'dropped',
      endedAt: expect.any(Date),
    });
    const listed = await listCalls(pool, 'firm-a', { state: 'live', limit: 100 });
    expect(listed.map((call) => call.callId)).not.toContain(callId);
    await renewCalls(pool, 'firm-a', [callId]);
    expect(await findCall(pool, 'firm-a', callId)).toMatchObject({ state: 'live', endedAt: null });
  });

  test('keeps the end its intake found, whatever the lease says', async () => {
    const { callId, tokenHash } = await waitingCall('firm-a');
    await claimCall(pool, 'firm-a', tokenHash);
    await letLeaseEnd(callId);
    await endCall(pool, 'firm-a', callId, { reason: 'caller_hangup', atMs: 1_700_000_000_000 });
    await renewCalls(pool, 'firm-a', [callId]);
    expect(await findCall(pool, 'firm-a', callId)).toMatchObject({
      state: 'ended',
      endReason: 'caller_hangup',
      endedAt: new Date(1_700_000_000_000),
    });
  });

  test('is not prolonged by another firm', async () => {
    const { callId, tokenHash } = await waitingCall('firm-a');
    await claimCall(pool, 'firm-a', tokenHash);
    await letLeaseEnd(callId);
    await renewCalls(pool, 'firm-b', [callId]);
    expect((await findCall(pool, 'firm-a', callId))?.state).toBe('ended');
  });

  test('is expired when nobody came', async () => {
    const { callId } = await waitingCall('firm-a', -1_000);
    expect((await findCall(pool, 'firm-a', callId))?.state).toBe('expired');
  });
});

describe('listing calls', () => {
  const tenantId = 'firm-pages';
  beforeAll(async () => {
    await saveFirm(pool, firmNamed(tenantId));
    for (let i = 0; i < 25; i++) await waitingCall(tenantId);
  });

  test('page by page gives every call once, newest first, though a call comes in between', async () => {
    const expected = (await listCalls(pool, tenantId, { limit: 100 })).map((call) => call.callId);
    const seen: CallRow[] = [];
    for (;;) {
      const page = await listCalls(pool, tenantId, { limit: 7, after: seen.at(-1) });
      seen.push(...page);
      if (page.length < 7) break;
      await waitingCall(tenantId);
    }
    expect(seen.map((call) => call.callId)).toEqual(expected);
    const times = seen.map((call) => call.createdAt);
    expect(times).toEqual([...times].sort().reverse());
  });

  test('can be narrowed by state and time', async () => {
    const all = await listCalls(pool, tenantId, { limit: 100 });
    expect(await listCalls(pool, tenantId, { limit: 100, state: 'waiting' })).toHaveLength(all.length);
    expect(await listCalls(pool, tenantId, { limit: 100, state: 'ended' })).toEqual([]);
    expect(await listCalls(pool, tenantId, { limit: 100, toMs: Date.now() - 3_600_000 })).toEqual([]);
    const fromMs = Date.now() - 3_600_000;
    expect(await listCalls(pool, tenantId, { limit: 100, fromMs })).toHaveLength(all.length);
  });
});
