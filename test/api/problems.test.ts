import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { LightMyRequestResponse } from 'fastify';
import { Problem, problems } from '../../src/api/problems.js';
import type { App } from '../../src/api/app-types.js';
import { capturingLogger } from '../support/log.js';
import { bearer, testApp } from './support/app.js';

const { logger, lines } = capturingLogger();
let app: App;
let staff: { authorization: string };

beforeAll(async () => {
  const failing = { turns: () => Promise.reject(new Error('secret detail at /srv/app/file.ts:12')) };
  app = await testApp({ logger, ...failing });
  staff = await bearer({ tenantId: 'firm-a' });
});
afterAll(() => app.close());

/** Checks everything every failing answer promises, and returns its body. */
function problemOf(response: LightMyRequestResponse, code: keyof typeof problems): Problem {
  expect(response.headers['content-type']).toContain('application/problem+json');
  const body = Problem.parse(response.json());
  expect(body).toMatchObject({ code, status: problems[code].status, action: problems[code].action });
  expect(response.statusCode).toBe(problems[code].status);
  expect(response.headers['x-correlation-id']).toBe(body.correlationId);
  expect(response.body).not.toMatch(/\.[tj]s:\d|"stack"|node_modules/);
  return body;
}

describe('a failing request', () => {
  test('on an unknown address is told where addresses are listed', async () => {
    const body = problemOf(await app.inject('/nowhere?secret=1'), 'not_found');
    expect(body.instance).toBe('/nowhere');
  });

  test('with a wrong method is told which ones are right', async () => {
    const response = await app.inject({
      method: 'DELETE',
      url: '/api/v1/calls/call_00000000000000000000',
      headers: staff,
    });
    problemOf(response, 'method_not_allowed');
    expect(response.headers.allow).toBe('GET, HEAD');
  });

  test('with wrong fields is told which field and what is wrong with it', async () => {
    const response = await app.inject({ url: '/api/v1/calls?limit=1000&state=flying', headers: staff });
    const fields = problemOf(response, 'validation').errors?.map((error) => error.field);
    expect(fields).toEqual(['query.limit', 'query.state']);
  });

  test('with a wrong nested field is told its path', async () => {
    const url = '/api/v1/dlq/retry';
    const response = await app.inject({
      method: 'POST',
      url,
      headers: staff,
      payload: { message_ids: ['x', 7] },
    });
    expect(problemOf(response, 'validation').errors?.map((e) => e.field)).toEqual(['body.message_ids.1']);
  });

  test('with another list’s cursor is told to start again', async () => {
    const cursor = Buffer.from('["dead-letters",{}]').toString('base64url');
    problemOf(await app.inject({ url: `/api/v1/calls?cursor=${cursor}`, headers: staff }), 'bad_cursor');
    problemOf(await app.inject({ url: '/api/v1/calls?cursor=%00garbage', headers: staff }), 'bad_cursor');
  });

  test('in another format than JSON is refused', async () => {
    const headers = { ...staff, 'content-type': 'application/xml' };
    const response = await app.inject({ method: 'POST', url: '/api/v1/dlq/retry', headers, payload: '<a/>' });
    problemOf(response, 'unsupported_media_type');
  });

  test('with broken JSON is told so', async () => {
    const headers = { ...staff, 'content-type': 'application/json' };
    problemOf(
      await app.inject({ method: 'POST', url: '/api/v1/dlq/retry', headers, payload: '{"a":' }),
      'bad_request',
    );
  });

  test('with too large a body is refused', async () => {
    const payload = { message_ids: ['x'], reason: 'y'.repeat(70_000) };
    const response = await app.inject({ method: 'POST', url: '/api/v1/dlq/retry', headers: staff, payload });
    problemOf(response, 'payload_too_large');
  });

  test('that meets our own defect learns nothing of it, and the log has the correlation id', async () => {
    const headers = { ...staff, 'x-correlation-id': 'find-me-0001' };
    const response = await app.inject({ url: '/api/v1/monitoring/performance', headers });
    const body = problemOf(response, 'internal');
    expect(response.body).not.toContain('secret detail');
    expect(body.correlationId).toBe('find-me-0001');
    const line = lines.find((l) => l.msg === 'request failed');
    expect(line).toMatchObject({ correlationId: 'find-me-0001', level: 'error' });
  });

  test('while the database is away is asked to come back', async () => {
    const response = await app.inject({ url: '/api/v1/calls', headers: staff });
    problemOf(response, 'database_unavailable');
    expect(response.headers['retry-after']).toBe('5');
  });
});

describe('the correlation id', () => {
  test('of the sender is kept when it cannot forge anything', async () => {
    const response = await app.inject({ url: '/livez', headers: { 'x-correlation-id': 'abc.DEF-123_4' } });
    expect(response.headers['x-correlation-id']).toBe('abc.DEF-123_4');
  });

  test.each(['short', 'with space 123', 'x'.repeat(65), 'line\\nbreak-1'])(
    '%j is replaced',
    async (given) => {
      const response = await app.inject({ url: '/livez', headers: { 'x-correlation-id': given } });
      expect(response.headers['x-correlation-id']).toMatch(/^[0-9a-f-]{36}$/);
    },
  );

  test('stands in every line of a request', async () => {
    await app.inject({ url: '/nowhere', headers: { 'x-correlation-id': 'every-line-1' } });
    const line = lines.find((l) => l.correlationId === 'every-line-1');
    expect(line).toMatchObject({ msg: 'request answered', status: 404 });
  });
});

test('a problem’s type is an address that explains it', async () => {
  const { type } = problemOf(await app.inject('/nowhere'), 'not_found');
  const page = await app.inject(type);
  expect(page.statusCode).toBe(200);
  expect(page.json()).toMatchObject({ code: 'not_found', status: 404 });
});

test('browsers of other origins get no permission', async () => {
  const response = await app.inject({ url: '/livez', headers: { origin: 'https://elsewhere.example' } });
  expect(response.headers['access-control-allow-origin']).toBeUndefined();
  expect(response.headers['content-security-policy']).toContain("default-src 'self'");
});
