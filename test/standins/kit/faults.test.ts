import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { controlOf, type Control } from '../../../standins/kit/control.js';
import { eventually } from '../../support/eventually.js';
import { startStandin, type RunningStandin, type StandinDefinition } from '../../../standins/kit/standin.js';

const Settings = z.object({ greeting: z.string().max(5).default('hello'), lagMs: z.int().default(0) });
/** The smallest stand-in: each POST makes a thing. */
const things: StandinDefinition<typeof Settings> = {
  name: 'things',
  settings: Settings,
  errorBody: (status, message) => ({ thingError: { status, message } }),
  register: (app, { ledger, settings }) => {
    app.post('/things', (request, reply) => {
      const id = ledger.records('thing').length + 1;
      ledger.record('thing', id, 'created', { id, ...(request.body as object) });
      return reply.code(201).send({ id });
    });
    app.get('/things', () => ({ greeting: settings.greeting, count: ledger.living('thing').length }));
  },
};

let standin: RunningStandin;
let control: Control;
const post = (signal?: AbortSignal) =>
  fetch(`${standin.url}/things`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"name":"a"}',
    ...(signal ? { signal } : {}),
  });
const lastRequest = async () => (await control.ledger()).requests.at(-1);

beforeAll(async () => {
  standin = await startStandin(things, { port: 0 });
  control = controlOf(standin.url);
});
beforeEach(() => control.reset());
afterAll(() => standin.close());

describe('a scripted fault', () => {
  test('commit_then_cut does the work and gives no answer', async () => {
    const id = await control.fault({ match: { method: 'POST' }, effect: { kind: 'commit_then_cut' } });
    await expect(post()).rejects.toThrow('fetch failed');
    expect(await control.created('thing')).toEqual([{ id: 1, name: 'a' }]);
    expect(await lastRequest()).toMatchObject({
      method: 'POST',
      path: '/things',
      status: 'cut',
      faultId: id,
    });
  });

  test('cut closes the socket before anything is done, once by default', async () => {
    await control.fault({ effect: { kind: 'cut' } });
    await expect(post()).rejects.toThrow('fetch failed');
    expect(await control.created('thing')).toEqual([]);
    expect((await post()).status).toBe(201);
  });

  test('an outage lasts until it is cleared', async () => {
    const id = await control.fault({ times: null, effect: { kind: 'down' } });
    for (let attempt = 0; attempt < 3; attempt += 1) await expect(post()).rejects.toThrow('fetch failed');
    await control.clearFault(id);
    expect((await post()).status).toBe(201);
    expect((await control.ledger()).requests.map(({ status }) => status)).toEqual(['cut', 'cut', 'cut', 201]);
  });

  test('a stall accepts and never answers', async () => {
    await control.fault({ effect: { kind: 'stall' } });
    await expect(post(AbortSignal.timeout(150))).rejects.toThrow('timeout');
    expect(await lastRequest()).toMatchObject({ status: 'stalled' });
    expect(await control.created('thing')).toEqual([]);
  });

  test('a stall with a length ends by closing the socket', async () => {
    await control.fault({ effect: { kind: 'stall', ms: 30 } });
    await expect(post()).rejects.toThrow('fetch failed');
  });

  test('latency does the work even when the client has hung up meanwhile', async () => {
    await control.fault({ effect: { kind: 'latency', ms: 200, jitterMs: 10 } });
    await expect(post(AbortSignal.timeout(50))).rejects.toThrow('timeout');
    await eventually(async () => (await control.created('thing')).length === 1, {
      withinMs: 5_000,
      what: 'the late work is done',
    });
    expect(await lastRequest()).toMatchObject({ status: 'gone' });
  });

  test('a rate limit answers 429 with Retry-After in the vendor’s error shape', async () => {
    await control.fault({ effect: { kind: 'rate_limited', retryAfterSeconds: 7 } });
    const response = await post();
    expect(response.status).toBe(429);
    expect(response.headers.get('retry-after')).toBe('7');
    expect(await response.json()).toMatchObject({ thingError: { status: 429 } });
  });

  test('half_body does the work and breaks off in the middle of the answer', async () => {
    await control.fault({ effect: { kind: 'half_body' } });
    const response = await post();
    expect(response.status).toBe(201);
    await expect(response.text()).rejects.toThrow('terminated');
    expect(await control.created('thing')).toHaveLength(1);
    expect(await lastRequest()).toMatchObject({ status: 'cut' });
  });

  test('garbled does the work and answers what nobody can read', async () => {
    await control.fault({ effect: { kind: 'garbled' } });
    const response = await post();
    expect(response.status).toBe(201);
    await expect(response.json()).rejects.toThrow('is not valid JSON');
    expect(await control.created('thing')).toHaveLength(1);
  });

  test('commit_then_status does the work and answers with an error', async () => {
    await control.fault({ effect: { kind: 'commit_then_status', status: 504 } });
    const response = await post();
    expect(response.status).toBe(504);
    expect(await response.json()).toMatchObject({ thingError: { status: 504 } });
    expect(await control.created('thing')).toHaveLength(1);
  });

  test('a fault for a word hits only requests whose query or body holds it, before anything is done', async () => {
    await control.fault({ match: { holds: 'a' }, effect: { kind: 'cut' } });
    await control.fault({ match: { holds: 'call_1.note' }, effect: { kind: 'status', status: 500 } });
    const asking = (query: string) => fetch(`${standin.url}/things?${query}`);
    expect((await asking('q=call_1.notes')).status).toBe(200);
    expect((await asking('q=%5Bcall_1.note%5D')).status).toBe(500);
    expect((await asking('q=call_1.note')).status).toBe(200);
    await expect(post()).rejects.toThrow('fetch failed');
    expect(await control.created('thing')).toEqual([]);
    expect((await post()).status).toBe(201);
  });

  test('requests that it is to let pass come through first', async () => {
    await control.fault({ skip: 2, effect: { kind: 'status', status: 503 } });
    const statuses = [];
    for (let read = 0; read < 4; read += 1) statuses.push((await fetch(`${standin.url}/things`)).status);
    expect(statuses).toEqual([200, 200, 503, 200]);
  });

  test('a status carries the body and headers it was given', async () => {
    const effect = {
      kind: 'status',
      status: 503,
      body: { sorry: true },
      headers: { 'x-why': 'test' },
    } as const;
    await control.fault({ effect });
    const response = await post();
    expect([response.status, response.headers.get('x-why')]).toEqual([503, 'test']);
    expect(await response.json()).toEqual({ sorry: true });
  });

  test('an HTML page stands in for a firewall', async () => {
    await control.fault({ effect: { kind: 'html' } });
    const response = await post();
    expect(response.status).toBe(403);
    expect(response.headers.get('content-type')).toContain('text/html');
  });

  test('only the method and path it names are hit, and the first of several acts alone', async () => {
    await control.fault({ match: { path: '/other' }, effect: { kind: 'cut' } });
    await control.fault({
      match: { method: 'get', path: '^/th.*s$' },
      effect: { kind: 'status', status: 500 },
    });
    await control.fault({ match: { method: 'GET' }, effect: { kind: 'status', status: 501 } });
    expect((await post()).status).toBe(201);
    const statuses = [];
    for (let read = 0; read < 3; read += 1) statuses.push((await fetch(`${standin.url}/things`)).status);
    expect(statuses).toEqual([500, 501, 200]);
  });
});

describe('the control endpoint', () => {
  test('a fault it cannot understand is refused with the reason', async () => {
    const orders: [unknown, RegExp][] = [
      [{ effect: { kind: 'explode' } }, /effect\.kind/],
      [{ effect: { kind: 'latency' } }, /effect\.ms/],
      [{ match: { path: '^(' }, effect: { kind: 'cut' } }, /regular expression/],
      [{ times: 0, effect: { kind: 'cut' } }, /times/],
      [{ match: { holds: 'two words' }, effect: { kind: 'cut' } }, /one word/],
    ];
    for (const [order, reason] of orders) await expect(control.post('faults', order)).rejects.toThrow(reason);
    await expect(control.clearFault('fault-99')).rejects.toThrow('no fault fault-99');
  });

  test('settings change at once, are checked, and go back on reset', async () => {
    const greeting = async () =>
      ((await (await fetch(`${standin.url}/things`)).json()) as { greeting: string }).greeting;
    await control.configure({ greeting: 'hi' });
    expect(await greeting()).toBe('hi');
    await expect(control.configure({ greeting: 'far too long' })).rejects.toThrow('greeting');
    await expect(control.configure({ unknown: 1 })).rejects.toThrow('unknown');
    await control.reset();
    expect(await greeting()).toBe('hello');
  });

  test('its own calls are neither logged nor hit by faults, and the ledger can be asked for one kind', async () => {
    await control.fault({ times: null, effect: { kind: 'down' } });
    await control.clearFaults();
    await post();
    expect((await control.ledger()).requests).toHaveLength(1);
    expect((await control.ledger('nothing')).records).toEqual([]);
  });
});
