import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { listBreakers } from '../../src/db/breakers.js';
import { breakerWorkflowId } from '../../src/domain/ids.js';
import { writeState } from '../../src/workflows/messages.js';
import { eventually } from '../support/eventually.js';
import { HOUR_MS, startOutage, type Outage } from './support/outage.js';

let outage: Outage;
beforeAll(async () => {
  outage = await startOutage();
}, 90_000);
afterAll(() => outage.close());

const breaker = async () => (await listBreakers(outage.pool, outage.tenantId))[0];

describe('a vendor that is silent for three days', () => {
  test('costs no write, no hand, and is hardly asked', async () => {
    const { skipping, vendor, lines } = outage;
    const beganMs = await skipping.env.currentTimeMs();
    const endsMs = beganMs + 72 * HOUR_MS;
    vendor.trouble = (_request, atMs) => (atMs < endsMs ? 'unavailable' : undefined);
    await skipping.withActivities(outage.activities, async () => {
      const writes = await Promise.all(Array.from({ length: 12 }, () => outage.write()));
      await eventually(async () => (await breaker())?.state === 'open', {
        withinMs: 20_000,
        what: 'the breaker opens',
      });
      await outage.pass(71 * HOUR_MS);
      const during = vendor.requests.length;
      const states = await Promise.all(writes.map((write) => write.query(writeState)));
      expect(states.filter(({ phase }) => phase === 'done')).toEqual([]);
      await outage.pass(4 * HOUR_MS);
      await eventually(() => vendor.records.size === writes.length, {
        withinMs: 20_000,
        what: 'every write lands',
      });
      const outcomes = await Promise.all(writes.map((write) => write.query(writeState)));
      expect(outcomes.map(({ phase }) => phase)).toEqual(writes.map(() => 'done'));
      expect([...vendor.records.values()]).toEqual(writes.map(() => 1));
      expect(outcomes.every(({ revision }) => revision === 0)).toBe(true);
      // At first one request of each that was under way; from then on the canaries: after 30 s, 1, 2, 4 … min, then hourly.
      expect(during).toBeLessThan(12 * 2 + 80);
      expect(lines.filter(({ event }) => event === 'breaker_opened')).toHaveLength(1);
      expect((await breaker())?.state).toBe('closed');
      const conductor = skipping.env.client.workflow.getHandle(breakerWorkflowId(outage.tenantId, 'clio'));
      await eventually(async () => (await conductor.describe()).status.name === 'COMPLETED', {
        withinMs: 20_000,
        what: 'the breaker’s workflow ends',
      });
    });
  }, 240_000);
});
