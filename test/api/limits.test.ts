import { expect, test } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { bearer, testApp } from './support/app.js';

const url = '/api/v1/monitoring/performance';
const twilio = '/api/v1/voice/twilio';
const callId = 'call_0123456789abcdefghij';

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

test('while the event loop is late, requests are refused for the calls’ sake; those of callers and probes are still answered', async () => {
  const app = await testApp({ limits: { perAddress: 1_000_000, perTenant: 1_000_000, maxLoopDelayMs: 20 } });
  const headers = await bearer({ tenantId: 'firm-a' });
  const askInAHurry = async (): Promise<boolean> => {
    const until = performance.now() + 60;
    while (performance.now() < until);
    return (await app.inject({ url, headers })).statusCode === 503;
  };
  await eventually(askInAHurry, { withinMs: 5_000, everyMs: 1, what: 'a refusal' });
  expect((await app.inject({ url, headers })).json()).toMatchObject({ code: 'overloaded' });
  for (const place of [
    '/api/v1/voice/session',
    `${twilio}/incoming/firm-a`,
    `${twilio}/after/firm-a/${callId}`,
  ]) {
    const answer = await app.inject({ method: 'POST', url: place, headers, payload: {} });
    expect([place, answer.json<{ code: string }>().code]).not.toContain('overloaded');
  }
  expect((await app.inject({ url, headers })).json()).toMatchObject({ code: 'overloaded' });
  expect((await app.inject('/livez')).statusCode).toBe(200);
  await app.close();
});

test('where a live telephone call goes on is told however much was asked before, and a new one waits its turn', async () => {
  const app = await testApp({ limits: { perAddress: 2, perTenant: 1_000, maxLoopDelayMs: 0 } });
  const ask = async (path: string): Promise<number> =>
    (await app.inject({ method: 'POST', url: twilio + path, payload: {} })).statusCode;
  const incoming = [];
  for (let i = 0; i < 3; i++) incoming.push(await ask('/incoming/firm-a'));
  // 403: the limit let it through, and the signature is missing.
  expect(incoming).toEqual([403, 403, 429]);
  expect(await ask(`/after/firm-a/${callId}`)).toBe(403);
  await app.close();
});
