/** Real sockets on two loopback addresses: 127.0.0.2 plays the public internet, 127.0.0.1 our own network. */
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer as createNetServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createGuardedPost, type PostDeps } from '../../../src/clients/outgoing/guarded-post.js';

const open: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

interface Heard {
  port: number;
  requests: { url: string; host: string; body: string }[];
}

/** A server on that address. */
async function serve(
  address: string,
  port: number,
  answer: (response: Parameters<NonNullable<Parameters<typeof createHttpServer>[1]>>[1]) => void,
): Promise<Heard> {
  const heard: Heard = { port: 0, requests: [] };
  const server: Server = createHttpServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      heard.requests.push({ url: request.url ?? '', host: request.headers.host ?? '', body });
      answer(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(port, address, resolve));
  open.push({
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  });
  heard.port = (server.address() as AddressInfo).port;
  return heard;
}

const ok: Parameters<typeof serve>[2] = (response) => response.writeHead(200).end('{}');
const isPublic = (address: string): boolean => address === '127.0.0.2';
const names = (table: Record<string, string[]>) => {
  const asked: string[] = [];
  const resolve: NonNullable<PostDeps['resolve']> = (host) => {
    asked.push(host);
    // Each question takes the next answer: a name whose meaning changes.
    const [now, ...later] = table[host] ?? [];
    if (later.length > 0) table[host] = later;
    return Promise.resolve(
      (now ?? '')
        .split(',')
        .filter(Boolean)
        .map((address) => ({ address, family: 4 })),
    );
  };
  return { asked, resolve };
};
const poster = (deps: Partial<PostDeps>) =>
  createGuardedPost({
    policy: { ports: [443], allowPrivate: true },
    timeoutMs: 5_000,
    mayConnect: isPublic,
    ...deps,
  });
const message = (url: string) => ({
  url,
  headers: { 'content-type': 'application/json' },
  body: '{"n":1}',
  signal: new AbortController().signal,
});

describe('a name', () => {
  test('is asked for once, and the connection goes to the address that was checked', async () => {
    const outside = await serve('127.0.0.2', 0, ok);
    const { asked, resolve } = names({ 'hooks.firm.example': ['127.0.0.2'] });
    const answer = await poster({ resolve })(message(`http://hooks.firm.example:${outside.port}/in?x=1`));
    expect(answer.status).toBe(200);
    expect(asked).toEqual(['hooks.firm.example']);
    expect(outside.requests).toEqual([
      { url: '/in?x=1', host: `hooks.firm.example:${outside.port}`, body: '{"n":1}' },
    ]);
  });

  test('that changes to a private address between check and connection reaches nothing private', async () => {
    const outside = await serve('127.0.0.2', 0, ok);
    const inside = await serve('127.0.0.1', outside.port, ok);
    const { asked, resolve } = names({ 'rebind.example': ['127.0.0.2', '127.0.0.1', '127.0.0.1'] });
    const post = poster({ resolve });
    const url = `http://rebind.example:${outside.port}/`;
    expect((await post(message(url))).status).toBe(200);
    expect(asked).toHaveLength(1);
    await expect(post(message(url))).rejects.toMatchObject({ errorClass: 'invalid' });
    expect([outside.requests.length, inside.requests.length]).toEqual([1, 0]);
  });

  test.each([
    ['private', '127.0.0.1'],
    ['partly private', '127.0.0.2,127.0.0.1'],
  ])('whose addresses are %s is refused before anything is sent', async (_what, addresses) => {
    const outside = await serve('127.0.0.2', 0, ok);
    const inside = await serve('127.0.0.1', outside.port, ok);
    const { resolve } = names({ 'in.example': [addresses] });
    await expect(poster({ resolve })(message(`http://in.example:${outside.port}/`))).rejects.toMatchObject({
      errorClass: 'invalid',
      message: expect.not.stringContaining('127.0.0.1'),
    });
    expect([outside.requests.length, inside.requests.length]).toEqual([0, 0]);
  });

  test('that means nothing is an outage, not a refusal', async () => {
    const resolve = () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }));
    await expect(poster({ resolve })(message('http://gone.example/'))).rejects.toMatchObject({
      errorClass: 'unavailable',
    });
  });

  test('whose resolver never answers is given up in time', async () => {
    const resolve = () => new Promise<never>(() => undefined);
    const post = poster({ resolve, timeoutMs: 100 });
    await expect(post(message('http://slow.example/'))).rejects.toMatchObject({
      message: expect.stringContaining('timeout'),
    });
  });
});

test.each(['http://127.0.0.1', 'http://[::ffff:127.0.0.1]', 'http://2130706433', 'http://0x7f.1'])(
  'an address that needs no resolver is checked all the same: %s',
  async (origin) => {
    const inside = await serve('127.0.0.1', 0, ok);
    await expect(poster({})(message(`${origin}:${inside.port}/`))).rejects.toMatchObject({
      errorClass: 'invalid',
    });
    expect(inside.requests).toEqual([]);
  },
);

test('in production plain HTTP, other ports and bare addresses are refused without asking a resolver', async () => {
  const { asked, resolve } = names({ 'hooks.firm.example': ['127.0.0.2'] });
  const post = createGuardedPost({
    policy: { ports: [443], allowPrivate: false },
    timeoutMs: 1_000,
    resolve,
  });
  for (const url of ['http://hooks.firm.example/', 'https://hooks.firm.example:22/', 'https://1.1.1.1/'])
    await expect(post(message(url))).rejects.toMatchObject({ errorClass: 'invalid' });
  expect(asked).toEqual([]);
});

describe('an answer', () => {
  const { resolve } = names({ 'a.example': ['127.0.0.2'] });
  const post = poster({ resolve, timeoutMs: 500 });
  const to = (port: number) => post(message(`http://a.example:${port}/`));

  test('that redirects is given back and not followed', async () => {
    const inside = await serve('127.0.0.1', 0, ok);
    const outside = await serve('127.0.0.2', 0, (response) =>
      response.writeHead(307, { location: `http://127.0.0.1:${inside.port}/` }).end(),
    );
    expect((await to(outside.port)).status).toBe(307);
    expect(inside.requests).toEqual([]);
  });

  test('without end is cut, and its status stands', async () => {
    let written = 0;
    const outside = await serve('127.0.0.2', 0, (response) => {
      response.writeHead(200);
      const pour = setInterval(() => {
        written += 65_536;
        response.write(Buffer.alloc(65_536));
      }, 1);
      response.on('close', () => clearInterval(pour));
    });
    expect((await to(outside.port)).status).toBe(200);
    expect(written).toBeLessThan(64 * 1_048_576);
  });

  test('that trickles for ever does not hold us longer than the deadline, and its status stands', async () => {
    const outside = await serve('127.0.0.2', 0, (response) => {
      response.writeHead(202);
      const trickle = setInterval(() => response.write('.'), 20);
      response.on('close', () => clearInterval(trickle));
    });
    expect((await to(outside.port)).status).toBe(202);
  });

  test('that never comes leaves the outcome unknown', async () => {
    const outside = await serve('127.0.0.2', 0, () => undefined);
    await expect(to(outside.port)).rejects.toMatchObject({ errorClass: 'outcome_unknown' });
  });

  test('that breaks off before its status leaves the outcome unknown', async () => {
    const server = createNetServer((socket: Socket) => socket.once('data', () => socket.destroy()));
    await new Promise<void>((done) => server.listen(0, '127.0.0.2', done));
    open.push({ close: () => new Promise((done) => server.close(done)) });
    await expect(to((server.address() as AddressInfo).port)).rejects.toMatchObject({
      errorClass: 'outcome_unknown',
    });
  });

  test('that cannot come, because nobody listens, is an outage', async () => {
    const gone = await serve('127.0.0.2', 0, ok);
    await open.pop()?.close();
    await expect(to(gone.port)).rejects.toMatchObject({ errorClass: 'unavailable' });
  });
});

test('an aborted post ends with the caller’s reason', async () => {
  const outside = await serve('127.0.0.2', 0, () => undefined);
  const { resolve } = names({ 'a.example': ['127.0.0.2'] });
  const stop = new AbortController();
  const posting = poster({ resolve })({
    ...message(`http://a.example:${outside.port}/`),
    signal: stop.signal,
  });
  setTimeout(() => stop.abort(new Error('shutting down')), 50);
  await expect(posting).rejects.toThrow('shutting down');
});
