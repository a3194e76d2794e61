import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Pool } from 'pg';
import { createAgent } from '../../src/api/agent.js';
import { createCallFirms } from '../../src/api/call-firms.js';
import { openCall } from '../../src/api/open-call.js';
import { createClaim } from '../../src/api/voice-claim.js';
import { openPool } from '../../src/db/pool.js';
import { withTenant } from '../../src/db/tenant.js';
import type { CallId } from '../../src/domain/ids.js';
import { twoFirms } from '../db/support/firm.js';
import { type FreshDatabase, freshDatabase } from '../support/servers.js';

let database: FreshDatabase;
let pool: Pool;
/** Calls whose caller is waited for. */
const away = new Set<CallId>();
let hasRoom = true;
beforeAll(async () => {
  database = await freshDatabase();
  pool = openPool(database.appUrl, 3, () => undefined);
  await twoFirms(pool);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const claims = () =>
  createClaim({
    pool,
    firms: createCallFirms(pool),
    agentFor: createAgent,
    registry: {
      get hasRoom() {
        return hasRoom;
      },
      isAway: (callId) => (callId === undefined ? away.size > 0 : away.has(callId)),
    },
  });
const newCall = () => openCall(pool, 'firm-a', { transport: 'native' });

describe('a session token', () => {
  test('opens its call once, and once more while its caller is waited for', async () => {
    const { callId, token } = await newCall();
    const claim = claims();
    const first = await claim(token);
    expect(first).toMatchObject({ ok: true, header: { tenantId: 'firm-a', callId } });
    expect(first).not.toHaveProperty('back');
    expect(await claim(token)).toEqual({ ok: false, why: 'replayed_token' });
    away.add(callId);
    expect(await claim(token)).toMatchObject({ ok: true, back: true, header: first.ok && first.header });
    away.delete(callId);
    expect(await claim(token)).toEqual({ ok: false, why: 'replayed_token' });
  });

  test('brings a caller back into a full house, which takes nobody new', async () => {
    const claim = claims();
    const [mine, other] = [await newCall(), await newCall()];
    await claim(mine.token);
    away.add(mine.callId);
    hasRoom = false;
    expect(await claim(mine.token)).toMatchObject({ ok: true, back: true });
    expect(await claim(other.token)).toEqual({ ok: false, why: 'busy' });
    hasRoom = true;
    away.delete(mine.callId);
    expect(await claim(other.token)).toMatchObject({ ok: true });
  });

  test('brings a caller back on the seventh day of their call, long after it could open one', async () => {
    const [mine, unused] = [await newCall(), await newCall()];
    await claims()(mine.token);
    await withTenant(pool, 'firm-a', (scope) =>
      scope.query(
        "update calls set claimed_at = claimed_at - interval '7 days', token_expires_at = token_expires_at - interval '7 days'",
        [],
      ),
    );
    away.add(mine.callId);
    expect(await claims()(mine.token)).toMatchObject({ ok: true, back: true });
    away.delete(mine.callId);
    expect(await claims()(unused.token)).toEqual({ ok: false, why: 'bad_token' });
  });

  test('of another call, or of nobody, brings nobody back', async () => {
    const claim = claims();
    const [mine, other] = [await newCall(), await newCall()];
    await claim(mine.token);
    await claim(other.token);
    away.add(mine.callId);
    expect(await claim(other.token)).toEqual({ ok: false, why: 'replayed_token' });
    expect(await claim(other.token.replace('hs_firm-a', 'hs_firm-b'))).toMatchObject({ ok: false });
    away.delete(mine.callId);
  });
});
