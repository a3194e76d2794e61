import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { createClioClient } from '../../../src/clients/clio/client.js';
import type { OutsideError } from '../../../src/domain/failures.js';
import { noPacer } from '../../support/pacer.js';

type Reply = (request: IncomingMessage, response: ServerResponse) => void;
const item = z.object({ id: z.number() });
let close: (() => void) | undefined;
afterEach(() => close?.());

/** A server that answers each request with the next reply; the last repeats. */
async function clioAnswering(...replies: Reply[]) {
  const seen: { url: string; authorization: string | undefined; userAgent: string | undefined }[] = [];
  const server = createServer((request, response) => {
    const reply = replies[Math.min(seen.length, replies.length - 1)];
    const { authorization, 'user-agent': userAgent } = request.headers;
    seen.push({ url: request.url ?? '', authorization, userAgent });
    reply?.(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  close = () => {
    server.closeAllConnections();
    server.close();
  };
  const { port } = server.address() as AddressInfo;
  const clio = createClioClient({
    baseUrl: `http://127.0.0.1:${port}`,
    tokens: { current: () => Promise.resolve('old'), renew: () => Promise.resolve('new') },
    timeoutMs: 300,
    signal: new AbortController().signal,
    pacer: noPacer,
  });
  return { clio, seen, port };
}
const says =
  (status: number, body: unknown, headers: Record<string, string> = {}): Reply =>
  (_request, response) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text);
  };
const refused = { error: { type: 'ValidationError', message: 'Dana Whitcomb is not a name' } };
const failure = (work: Promise<unknown>): Promise<OutsideError> =>
  work.then(
    () => {
      throw new Error('it should have failed');
    },
    (error: unknown) => error as OutsideError,
  );

describe('a refusal of Clio', () => {
  test.each([
    [400, 'invalid'],
    [403, 'auth'],
    [404, 'conflict'],
    [409, 'conflict'],
    [422, 'invalid'],
    [429, 'rate_limited'],
    [302, 'outcome_unknown'],
  ] as const)('%i is %s', async (status, errorClass) => {
    const { clio } = await clioAnswering(says(status, refused));
    const error = await failure(clio.create('contacts', 'id', {}, item));
    expect(error.errorClass).toBe(errorClass);
    // Clio's own words may quote the payload.
    expect(error.message).not.toContain('Dana');
  });

  test('an answer of 5xx leaves a write’s outcome unknown, and a read merely unavailable', async () => {
    const { clio } = await clioAnswering(says(502, '<html>'));
    expect((await failure(clio.create('matters', 'id', {}, item))).errorClass).toBe('outcome_unknown');
    expect((await failure(clio.list('matters', {}, item))).errorClass).toBe('unavailable');
  });

  test('an HTML 403 is the firewall, not a missing permission', async () => {
    const { clio } = await clioAnswering(says(403, '<html>blocked</html>'));
    expect((await failure(clio.create('notes', 'id', {}, item))).errorClass).toBe('unavailable');
  });

  test('Retry-After is passed on in milliseconds', async () => {
    const { clio } = await clioAnswering(says(429, refused, { 'retry-after': '17' }));
    expect((await failure(clio.list('notes', {}, item))).retryAfterMs).toBe(17_000);
  });
});

describe('a dead token', () => {
  test.each([
    ['no token', { error: { type: 'UnauthorizedError', message: 'User is not authorized' } }],
    ['an expired one', { error: 'invalid_token', error_description: 'expired' }],
  ])('is renewed once and the request sent again (%s)', async (_name, body) => {
    const { clio, seen } = await clioAnswering(says(401, body), says(201, { data: { id: 7 } }));
    expect(await clio.create('contacts', 'id', {}, item)).toEqual({ id: 7 });
    expect(seen.map(({ authorization }) => authorization)).toEqual(['Bearer old', 'Bearer new']);
  });

  test('that stays dead is an auth failure, after two requests', async () => {
    const { clio, seen } = await clioAnswering(says(401, { error: 'invalid_token' }));
    expect((await failure(clio.list('contacts', {}, item))).errorClass).toBe('auth');
    expect(seen).toHaveLength(2);
  });
});

describe('a lost answer', () => {
  const cut: Reply = (request) => request.socket.destroy();
  const stall: Reply = () => undefined;

  test.each([
    ['cut', cut],
    ['stalled', stall],
  ])('(%s) leaves a write’s outcome unknown, and a read merely unavailable', async (_name, reply) => {
    const { clio } = await clioAnswering(reply);
    expect((await failure(clio.create('contacts', 'id', {}, item))).errorClass).toBe('outcome_unknown');
    expect((await failure(clio.list('contacts', {}, item))).errorClass).toBe('unavailable');
  });

  test('is certain not to have been done when nobody took the connection', async () => {
    const { clio } = await clioAnswering(cut);
    close?.();
    const error = await failure(clio.create('contacts', 'id', {}, item));
    expect(error.message).toContain('ECONNREFUSED');
    expect(error.errorClass).toBe('unavailable');
  });

  test('of a success that cannot be read counts as lost', async () => {
    const { clio } = await clioAnswering(says(201, { data: { id: 'seven' } }));
    const error = await failure(clio.create('contacts', 'id', {}, item));
    expect(error).toMatchObject({ errorClass: 'outcome_unknown' });
  });
});

test('requests name their fields, encode blanks as %20 and show a plain User-Agent', async () => {
  const { clio, seen } = await clioAnswering(says(200, { data: [{ id: 1 }] }));
  expect(await clio.list('contacts', { query: 'Dana Whitcomb', fields: 'id' }, item)).toEqual([{ id: 1 }]);
  expect(seen[0]).toMatchObject({
    url: '/api/v4/contacts.json?query=Dana%20Whitcomb&fields=id',
    userAgent: 'HERMES/1.0',
  });
});
