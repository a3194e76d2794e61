import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { excess, MINUTE_MS, startOutage, type Outage } from './support/outage.js';

/** A little over one request a second. */
const rate = { perMinute: 60, burst: 5 };
let outage: Outage;
beforeAll(async () => {
  outage = await startOutage(rate);
}, 90_000);
afterAll(() => outage.close());

describe('forty writes at a vendor that takes one request a second', () => {
  test('land at its pace, each after one appointment at most, and an urgent one goes before them', async () => {
    const { vendor, skipping } = outage;
    await skipping.withActivities(outage.activities, async () => {
      const beganMs = await skipping.env.currentTimeMs();
      await Promise.all(Array.from({ length: 40 }, () => outage.write()));
      await eventually(() => vendor.visits.size === 40, { withinMs: 20_000, what: 'each has asked' });
      await outage.pass(10_000);
      const urgent = await outage.write({ priority: 'CRITICAL' });
      const key = urgent.workflowId.split(':')[3] ?? '';
      await eventually(
        async () => {
          await outage.pass(1_000);
          return vendor.records.has(key);
        },
        { withinMs: 20_000, what: 'the urgent write lands' },
      );
      expect(vendor.records.size).toBeLessThan(30);
      await outage.pass(2 * MINUTE_MS);
      await eventually(() => vendor.records.size === 41, { withinMs: 20_000, what: 'all land' });
      const sent = vendor.requests.map(({ atMs }) => atMs);
      expect(sent).toHaveLength(41);
      expect(excess(sent, rate)).toBeLessThan(2);
      expect(Math.max(...sent) - beganMs).toBeLessThan(2 * MINUTE_MS);
      const visits = [...vendor.visits.values()].reduce((sum, count) => sum + count, 0);
      expect(visits).toBeLessThan(41 * 2 + 5);
    });
  }, 120_000);
});
