import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createNoteReconnected } from '../../src/api/reconnected.js';
import { listBreakers } from '../../src/db/breakers.js';
import { breakerWorkflowId } from '../../src/domain/ids.js';
import { writeState } from '../../src/workflows/messages.js';
import { eventually } from '../support/eventually.js';
import { excess, HOUR_MS, startOutage, type Outage } from './support/outage.js';

const rate = { perMinute: 600, burst: 10 };
let outage: Outage;
beforeAll(async () => {
  outage = await startOutage(rate);
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
      expect(lines.filter(({ kind }) => kind === 'breaker.open')).toHaveLength(1);
      // Looked up twice and then made, 36 requests that all want to go in one moment: none runs ahead of the pace.
      const sent = vendor.requests.map(({ atMs }) => atMs);
      expect(excess(sent, rate)).toBeLessThan(2);
      expect((await breaker())?.state).toBe('closed');
      const conductor = skipping.env.client.workflow.getHandle(breakerWorkflowId(outage.tenantId, 'clio'));
      await eventually(async () => (await conductor.describe()).status.name === 'COMPLETED', {
        withinMs: 20_000,
        what: 'the breaker’s workflow ends',
      });
    });
  }, 240_000);
});

describe('a vendor that refuses the firm’s connection', () => {
  test('raises one alert, and its parked writes go on when the firm has connected it again', async () => {
    const { skipping, vendor, lines } = outage;
    vendor.trouble = () => 'auth';
    vendor.records.clear();
    await skipping.withActivities(outage.activities, async () => {
      const writes = await Promise.all([outage.write(), outage.write(), outage.write()]);
      const phases = async () =>
        (await Promise.all(writes.map((write) => write.query(writeState)))).map(({ phase }) => phase);
      await eventually(async () => (await phases()).every((phase) => phase === 'parked'), {
        withinMs: 20_000,
        what: 'all park',
      });
      expect(lines.filter(({ kind }) => kind === 'connection.refused')).toHaveLength(1);
      expect((await breaker())?.state ?? 'closed').toBe('closed');
      vendor.trouble = () => undefined;
      const { pool, tenantId } = outage;
      await createNoteReconnected({ pool, temporal: skipping.env.client })(tenantId, 'clio');
      await eventually(
        async () => {
          await outage.pass(5_000);
          return vendor.records.size === writes.length;
        },
        { withinMs: 20_000, what: 'all land' },
      );
      expect(await phases()).toEqual(writes.map(() => 'done'));
    });
  }, 120_000);
});
