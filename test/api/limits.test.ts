import { expect, test } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { bearer, testApp } from './support/app.js';

const url = '/api/v1/monitoring/performance';

test('a firm that asks too often waits, another firm at the same address does not', async () => {
  const app = await testApp({ limits: { perAddress: 1_000, perTenant: 3, maxLoopDelayMs: 0 } });
  const [a, b] = [await bearer({ tenantId: 'firm-a' }), await bearer({ tenantId: 'firm-b' })];
  for (let i = 0; i < 3; i++) expect((await app.inject({ url, headers: a })).statusCode).toBe(200);
  const refused = await app.inject({ url, headers: a });
  expect(refused.statusCode).toBe(429);
  expect(refused.json()).toMatchObject({ code: 'rate_limited' });
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  expect((await app.inject({ url, headers: b })).statusCode).toBe(200);
  await app.close();
});

test('an address that guesses tokens is stopped, and probes are still answered', async () => {
  const app = await testApp({ limits: { perAddress: 5, perTenant: 1_000, maxLoopDelayMs: 0 } });
  const headers = { authorization: 'Bearer a.b.c' };
  for (let i = 0; i < 5; i++) expect((await app.inject({ url, headers })).statusCode).toBe(401);
  expect((await app.inject({ url, headers })).statusCode).toBe(429);
  expect((await app.inject('/livez')).statusCode).toBe(200);
  await app.close();
});

test('while the event loop is late, requests are refused for the calls’ sake, and probes are still answered', async () => {
  const app = await testApp({ limits: { perAddress: 1_000_000, perTenant: 1_000_000, maxLoopDelayMs: 20 } });
  const headers = await bearer({ tenantId: 'firm-a' });
  const askInAHurry = async (): Promise<boolean> => {
    const until = performance.now() + 60;
    while (performance.now() < until);
    return (await app.inject({ url, headers })).statusCode === 503;
  };
  await eventually(askInAHurry, { withinMs: 5_000, everyMs: 1, what: 'a refusal' });
  expect((await app.inject({ url, headers })).json()).toMatchObject({ code: 'overloaded' });
  expect((await app.inject('/livez')).statusCode).toBe(200);
  await app.close();
});
