import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { build } from 'hdr-histogram-js';
import type { Pool } from 'pg';
import { latencyHistograms, storeLatencyMinute, turnCounts } from '../../src/db/latency.js';
import { openPool } from '../../src/db/pool.js';
import { mergeStages } from '../../src/telemetry/latency-report.js';
import { LatencyRecorder } from '../../src/telemetry/latency.js';
import { silentLogger } from '../support/log.js';
import { type FreshDatabase, freshDatabase } from '../support/servers.js';
import { firmNamed, twoFirms } from './support/firm.js';
import { saveFirm } from '../../src/db/tenants.js';

const START_MS = Date.parse('2026-11-20T10:00:00Z');
const MINUTE_MS = 60_000;
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

const wholeHour = { fromMs: START_MS, toMs: START_MS + 60 * MINUTE_MS };
const merged = (tenantId: string, window = wholeHour): ReturnType<typeof mergeStages> =>
  mergeStages(latencyHistograms(pool, tenantId, window));

test('samples of two processes over many minutes give the percentiles of one histogram of all samples', async () => {
  const reference = build({ highestTrackableValue: 120_000_000, numberOfSignificantValueDigits: 3 });
  let nowMs = START_MS;
  const recorders = ['edge-1', 'edge-2'].map(
    (name) =>
      new LatencyRecorder({
        store: (minute) => storeLatencyMinute(pool, name, minute),
        logger: silentLogger,
        nowMs: () => nowMs,
      }),
  );
  let seed = 7;
  for (let minute = 0; minute < 20; minute++) {
    nowMs = START_MS + minute * MINUTE_MS;
    for (const recorder of recorders) {
      for (let i = 0; i < 50; i++) {
        seed = (seed * 48_271) % 2_147_483_647;
        const total = 50 + Math.exp((seed / 2_147_483_647) * 8);
        recorder.record('firm-a', { total, policy: 0.4 });
        reference.recordValue(Math.round(total * 1_000));
      }
      await recorder.flush();
      recorder.recordError('firm-a');
    }
  }
  await Promise.all(recorders.map((recorder) => recorder.close()));

  const stages = await merged('firm-a');
  const total = stages.get('total');
  expect(total?.samples).toBe(2_000);
  for (const percentile of [50, 95, 99, 100])
    expect(total?.percentileMs(percentile)).toBe(reference.getValueAtPercentile(percentile) / 1_000);
  expect(stages.get('policy')?.maxMs).toBeCloseTo(0.4, 3);
  expect(await turnCounts(pool, 'firm-a', wholeHour)).toEqual({ turns: 2_000, errors: 40 });
  expect((await merged('firm-b')).size).toBe(0);
  const fiveMinutes = { fromMs: START_MS + 2 * MINUTE_MS, toMs: START_MS + 7 * MINUTE_MS };
  expect((await merged('firm-a', fiveMinutes)).get('total')?.samples).toBe(500);
});

test('a report over more rows than a page holds misses none', async () => {
  await saveFirm(pool, firmNamed('firm-many'));
  const recorder = new LatencyRecorder({
    store: async (minute) => {
      for (let process = 0; process < 60; process++)
        for (let i = 0; i < 10; i++)
          await storeLatencyMinute(pool, `edge-${process}`, {
            ...minute,
            minuteMs: START_MS + i * MINUTE_MS,
          });
    },
    logger: silentLogger,
  });
  recorder.record('firm-many', { total: 10, llm: 5 });
  await recorder.close();
  const stages = await merged('firm-many');
  expect([stages.get('total')?.samples, stages.get('llm')?.samples]).toEqual([600, 600]);
});
