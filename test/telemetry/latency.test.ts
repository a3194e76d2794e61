import { afterEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  countBelow,
  decodeHistogram,
  emptyHistogram,
  encodeHistogram,
  recordMs,
} from '../../src/telemetry/histograms.js';
import { mergeStages, type StoredHistogram } from '../../src/telemetry/latency-report.js';
import { LatencyRecorder, type TenantMinute } from '../../src/telemetry/latency.js';
import { silentLogger } from '../support/log.js';

const START_MS = Date.parse('2026-11-20T10:00:00Z');

/** A store in memory, as the table behaves: the latest figures of a minute replace the earlier ones. */
class Table {
  readonly rows = new Map<string, TenantMinute>();
  writes = 0;
  away = false;
  store = (minute: TenantMinute): Promise<void> => {
    this.writes += 1;
    if (this.away) return Promise.reject(new Error('away'));
    this.rows.set(`${minute.tenantId} ${minute.minuteMs}`, minute);
    return Promise.resolve();
  };
  samples(): number {
    return [...this.rows.values()].flatMap((m) => m.stages).reduce((sum, s) => sum + s.samples, 0);
  }
  turns(): number {
    return [...this.rows.values()].reduce((sum, m) => sum + m.turns, 0);
  }
}

let open: LatencyRecorder[] = [];
afterEach(async () => {
  await Promise.all(open.map((recorder) => recorder.close()));
  open = [];
});
function setUp(): { table: Table; recorder: LatencyRecorder; clock: { nowMs: number } } {
  const [table, clock] = [new Table(), { nowMs: START_MS }];
  const recorder = new LatencyRecorder({
    store: table.store,
    logger: silentLogger,
    nowMs: () => clock.nowMs,
  });
  open.push(recorder);
  return { table, recorder, clock };
}

describe('the recorder', () => {
  test('stores the minute that is still going on, and stores it again when it has grown', async () => {
    const { table, recorder } = setUp();
    recorder.record('firm-a', { total: 100 });
    await recorder.flush();
    recorder.record('firm-a', { total: 200 });
    await recorder.flush();
    await recorder.flush();
    expect([table.samples(), table.rows.size, table.writes]).toEqual([2, 1, 2]);
  });

  test('keeps minutes and tenants apart', async () => {
    const { table, recorder, clock } = setUp();
    recorder.record('firm-a', { total: 100 });
    recorder.record('firm-b', { total: 100 });
    clock.nowMs += 60_000;
    recorder.record('firm-a', { total: 100 });
    await recorder.flush();
    expect([...table.rows.keys()].sort()).toEqual([
      `firm-a ${START_MS}`,
      `firm-a ${START_MS + 60_000}`,
      `firm-b ${START_MS}`,
    ]);
  });

  test('loses nothing while the database is away over several minutes', async () => {
    const { table, recorder, clock } = setUp();
    table.away = true;
    for (let i = 0; i < 300; i++) {
      recorder.record('firm-a', { total: 100 });
      clock.nowMs += 1_000;
      if (i % 10 === 0) await recorder.flush();
    }
    expect(table.rows.size).toBe(0);
    table.away = false;
    await recorder.flush();
    expect([table.samples(), table.turns(), table.rows.size]).toEqual([300, 300, 5]);
  });

  test('keeps a minute whose storing fails after the minute is over', async () => {
    const { clock } = setUp();
    const table = new Table();
    let refuse: (() => void) | undefined;
    let first = true;
    const store = (minute: TenantMinute): Promise<void> => {
      if (!first) return table.store(minute);
      first = false;
      return new Promise((_, reject) => (refuse = () => reject(new Error('away'))));
    };
    const recorder = new LatencyRecorder({ store, logger: silentLogger, nowMs: () => clock.nowMs });
    open.push(recorder);
    recorder.record('firm-a', { total: 1 });
    const flushed = recorder.flush();
    clock.nowMs += 60_000;
    recorder.record('firm-a', { total: 2 });
    refuse?.();
    await flushed;
    await recorder.flush();
    expect([table.samples(), table.rows.size]).toEqual([2, 2]);
  });

  test('does not reopen a stored minute when the clock steps back', async () => {
    const { table, recorder, clock } = setUp();
    recorder.record('firm-a', { total: 100 });
    clock.nowMs += 60_000;
    recorder.record('firm-a', { total: 100 });
    await recorder.flush();
    clock.nowMs -= 60_000;
    recorder.record('firm-a', { total: 100 });
    await recorder.flush();
    expect(table.samples()).toBe(3);
  });

  test('stores what is left when it is closed', async () => {
    const { table, recorder } = setUp();
    recorder.record('firm-a', { total: 100 });
    recorder.recordError('firm-a');
    await recorder.close();
    expect([...table.rows.values()]).toMatchObject([
      { turns: 1, errors: 1, stages: [{ stage: 'total', samples: 1 }] },
    ]);
  });

  test('keeps the totals of prepared and of other answers apart, and both in the total', async () => {
    const { table, recorder } = setUp();
    recorder.record('firm-a', { total: 210 }, { outcome: 'hit' });
    recorder.record('firm-a', { total: 215 }, { outcome: 'hit' });
    recorder.record('firm-a', { total: 700 }, { outcome: 'miss' });
    recorder.record('firm-a', { tts: 5 }, { outcome: 'none' });
    await recorder.flush();
    const kept = [...table.rows.values()][0]?.stages.map((s) => [s.stage, s.samples]) ?? [];
    expect(Object.fromEntries(kept)).toEqual({ total: 3, total_hit: 2, total_miss: 1, tts: 1 });
  });

  test('takes what cannot be a latency without failing', async () => {
    const { table, recorder } = setUp();
    recorder.record('firm-a', { total: NaN, stt: -5, llm: 1e12, tts: 0 });
    await recorder.flush();
    expect([...table.rows.values()][0]?.stages.map((s) => s.stage)).toEqual(['stt', 'llm', 'tts']);
  });
});

async function* pagesOf(histograms: StoredHistogram[]): AsyncGenerator<StoredHistogram[]> {
  for (const histogram of histograms) yield await Promise.resolve([histogram]);
}

describe('histograms', () => {
  test('split over any minutes and merged again tell what one histogram tells, within 0.1 % of the samples', async () => {
    const latencyMs = fc.double({ min: 0.001, max: 119_000, noNaN: true });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(latencyMs, { minLength: 1 }), { minLength: 1, maxLength: 8 }),
        async (minutes) => {
          const stored = minutes.map((minute): StoredHistogram => {
            const histogram = emptyHistogram();
            for (const ms of minute) recordMs(histogram, ms);
            return { stage: 'total', histogram: encodeHistogram(histogram) };
          });
          const total = (await mergeStages(pagesOf(stored))).get('total');
          const sorted = minutes.flat().sort((a, b) => a - b);
          expect(total?.samples).toBe(sorted.length);
          for (const percentile of [50, 95, 99, 100]) {
            const exact = sorted[Math.max(0, Math.ceil((percentile / 100) * sorted.length) - 1)]!;
            const error = Math.abs((total?.percentileMs(percentile) ?? 0) - exact);
            expect(error).toBeLessThanOrEqual(Math.max(exact * 0.001, 0.001));
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  test('count the samples below a limit', () => {
    const histogram = emptyHistogram();
    for (const ms of [0.5, 100, 499, 501, 999, 1_001, 60_000]) recordMs(histogram, ms);
    const read = decodeHistogram(encodeHistogram(histogram));
    expect([500, 1_000, 200_000].map((limit) => countBelow(read, limit))).toEqual([3, 5, 7]);
  });
});
