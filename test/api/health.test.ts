import { describe, expect, test } from '@jest/globals';
import { watchLoopDelay } from '../../src/api/loop-delay.js';
import { createReadiness } from '../../src/api/readiness.js';
import { testApp } from './support/app.js';

const good = {
  pingDatabase: () => Promise.resolve(),
  pingTemporal: () => Promise.resolve(),
  journalHealthy: () => true,
};
const bad = {
  pingDatabase: () => Promise.reject(new Error('postgres://user:pass@db')),
  pingTemporal: () => new Promise<void>(() => undefined),
  journalHealthy: () => false,
};

describe('readiness', () => {
  test('is given when every part answers', async () => {
    const app = await testApp({ readiness: createReadiness(good) });
    const response = await app.inject('/readyz');
    expect([response.statusCode, response.json()]).toEqual([
      200,
      { status: 'ready', parts: { database: 'ok', temporal: 'ok', journal: 'ok' } },
    ]);
    await app.close();
  });

  test('is refused with the parts that fail, also one that never answers, and without their addresses', async () => {
    const app = await testApp({ readiness: createReadiness(bad) });
    const response = await app.inject('/readyz');
    expect(response.statusCode).toBe(503);
    const { errors } = response.json<{ errors: { field: string }[] }>();
    expect(errors.map((error) => error.field)).toEqual(['database', 'temporal', 'journal']);
    expect(response.body).not.toContain('postgres://');
    expect((await app.inject('/livez')).statusCode).toBe(200);
    const health = await app.inject('/health');
    expect([health.statusCode, health.json<{ status: string }>().status]).toEqual([200, 'degraded']);
    expect(health.body).not.toContain('pass');
    await app.close();
  });

  test('is examined once for many probes at a time, and again a second later', async () => {
    let [pings, nowMs] = [0, 0];
    const pingDatabase = (): Promise<void> => {
      pings += 1;
      return Promise.resolve();
    };
    const readiness = createReadiness({ ...good, pingDatabase, nowMs: () => nowMs });
    await Promise.all(Array.from({ length: 50 }, readiness));
    expect(pings).toBe(1);
    nowMs = 1_001;
    await readiness();
    expect(pings).toBe(2);
  });
});

test('a model that is about to be taken away shows in the details', async () => {
  const shutdown = { stage: 'tts' as const, model: 'tts-1', shutdownDate: '2027-01-06', daysLeft: 46 };
  const app = await testApp({ readiness: createReadiness(good), modelShutdowns: () => [shutdown] });
  const health = (await app.inject('/health')).json<{ model_shutdowns: unknown }>();
  expect(health.model_shutdowns).toEqual([
    { stage: 'tts', model: 'tts-1', shutdown_date: '2027-01-06', days_left: 46 },
  ]);
  await app.close();
});

test('a server that is left alone shows in the details as degraded, and the process stays ready', async () => {
  const providers = [{ stage: 'llm' as const, engine: 'openai:m', state: 'open' as const }];
  const app = await testApp({ readiness: createReadiness(good), providers: () => providers });
  const health = (await app.inject('/health')).json<{ status: string; providers: unknown }>();
  expect(health).toMatchObject({ status: 'degraded', providers });
  expect((await app.inject('/readyz')).statusCode).toBe(200);
  await app.close();
});

test('a loop that was held up shows in the 99th percentile of its lateness, a punctual one does not', async () => {
  const watch = watchLoopDelay();
  const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  try {
    expect(watch.p99Ms()).toBe(0);
    await pause(50);
    const until = performance.now() + 300;
    while (performance.now() < until);
    await pause(50);
    expect(watch.p99Ms()).toBeGreaterThan(200);
  } finally {
    watch.close();
  }
});
