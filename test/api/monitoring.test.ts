import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { App } from '../../src/api/app-types.js';
import { windowOf } from '../../src/api/time-window.js';
import type { StoredHistogram } from '../../src/telemetry/latency-report.js';
import { mergeStages } from '../../src/telemetry/latency-report.js';
import { emptyHistogram, encodeHistogram, recordMs } from '../../src/telemetry/histograms.js';
import { bearer, testApp } from './support/app.js';

/** 100 replies: 94 in 100 ms, 4 in 700 ms, 2 in 1,500 ms. */
async function* samples(): AsyncGenerator<StoredHistogram[]> {
  const histogram = emptyHistogram();
  for (let i = 0; i < 100; i++) recordMs(histogram, i < 94 ? 100 : i < 98 ? 700 : 1_500);
  yield await Promise.resolve([{ stage: 'total', histogram: encodeHistogram(histogram) }]);
  const hits = emptyHistogram();
  for (let i = 0; i < 94; i++) recordMs(hits, 100);
  yield await Promise.resolve([{ stage: 'total_hit', histogram: encodeHistogram(hits) }]);
}

let app: App;
let headers: { authorization: string };
let asked: { fromMs: number; toMs: number } | undefined;
beforeAll(async () => {
  headers = await bearer({ tenantId: 'firm-a' });
  app = await testApp({
    latency: (tenantId, window) => {
      asked = window;
      return tenantId === 'firm-a' ? mergeStages(samples()) : Promise.resolve(new Map());
    },
    turns: (tenantId) =>
      Promise.resolve(tenantId === 'firm-a' ? { turns: 100, errors: 2 } : { turns: 0, errors: 0 }),
  });
});
afterAll(() => app.close());

const get = async (
  path: string,
  by = headers,
): Promise<{ status: number; body: Record<string, unknown> }> => {
  const response = await app.inject({ url: `/api/v1/monitoring/${path}`, headers: by });
  return { status: response.statusCode, body: response.json() };
};

describe('compliance with the SLA', () => {
  test('is judged from the samples: both targets and the error target are missed here', async () => {
    const { body } = await get('sla-compliance?window=24h');
    expect(body).toMatchObject({
      verdict: 'missed',
      missed: ['p95', 'p99', 'errors'],
      samples: 100,
      share_under_p95_target: 0.94,
      share_under_p99_target: 0.98,
      error_share: 0.02,
    });
    expect(body.p95_ms).toBeCloseTo(700, -1);
    expect(body.p99_ms).toBeCloseTo(1_500, -1);
  });

  test('is null and not zero where nothing was measured', async () => {
    const { body } = await get('sla-compliance', await bearer({ tenantId: 'firm-b' }));
    expect(body).toMatchObject({
      verdict: 'no_samples',
      samples: 0,
      share_under_p95_target: null,
      p95_ms: null,
      error_share: null,
      note: 'no samples in this window',
    });
  });
});

describe('performance', () => {
  test('lists every stage, with nulls where nothing was measured', async () => {
    const { body } = await get('performance');
    const stages = body.stages as { stage: string; count: number; p50_ms: number | null }[];
    expect(stages.find((s) => s.stage === 'total')).toMatchObject({ count: 100 });
    expect(stages.find((s) => s.stage === 'stt')).toMatchObject({ count: 0, p50_ms: null, max_ms: null });
    expect(body).toMatchObject({ turns: 100, errors: 2 });
  });

  test('tells the totals of prepared answers apart from the others', async () => {
    const { body } = await get('performance');
    expect(body.total_by_speculation).toMatchObject([
      { outcome: 'hit', count: 94, max_ms: expect.closeTo(100, 0) },
      { outcome: 'miss', count: 0, p50_ms: null },
      { outcome: 'none', count: 0, p95_ms: null },
    ]);
  });
});

describe('the window', () => {
  test('given by two instants is widened to whole minutes', async () => {
    await get('performance?from=2026-11-01T00:00:30Z&to=2026-11-01T02:00:30%2B01:00');
    expect(asked).toEqual({
      fromMs: Date.parse('2026-11-01T00:00:00Z'),
      toMs: Date.parse('2026-11-01T01:01:00Z'),
    });
  });

  test('is the last hour when nobody says', () => {
    const nowMs = Date.parse('2026-11-01T10:00:20Z');
    expect(windowOf({}, nowMs)).toEqual({
      fromMs: Date.parse('2026-11-01T09:00:00Z'),
      toMs: Date.parse('2026-11-01T10:01:00Z'),
    });
  });

  test.each([
    ['window=2h', 'query.window'],
    ['window=1h&from=2026-11-01T00:00:00Z', 'query.window'],
    ['from=2026-11-01T00:00:00Z', 'query.to'],
    ['from=2026-11-02T00:00:00Z&to=2026-11-01T00:00:00Z', 'query.to'],
    ['from=2026-01-01T00:00:00Z&to=2026-11-01T00:00:00Z', 'query.from'],
    ['from=yesterday&to=today', 'query.from'],
  ])('%s is refused, naming %s', async (query, field) => {
    const { status, body } = await get(`performance?${query}`);
    expect(status).toBe(400);
    expect((body.errors as { field: string }[]).map((error) => error.field)).toContain(field);
  });
});
