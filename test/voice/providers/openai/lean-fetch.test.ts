import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent } from 'undici';
import { createLeanFetch } from '../../../../src/voice/providers/openai/lean-fetch.js';

let server: Server;
let url: string;
let agent: Agent;
let closed: Promise<void>;
let onRequest: (request: IncomingMessage, response: ServerResponse) => void;

beforeEach(async () => {
  agent = new Agent();
  server = createServer((request, response) => {
    closed = new Promise((resolve) => response.once('close', resolve));
    onRequest(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  await agent.destroy();
  await new Promise((resolve) => server.close(resolve));
});

const post = (path = '/', signal?: AbortSignal): Promise<Response> =>
  createLeanFetch(agent)(url + path, {
    method: 'POST',
    body: '{"a":1}',
    headers: new Headers({ 'content-type': 'application/json' }),
    ...(signal && { signal }),
  });

test('sends body and headers, and streams the answer as it comes', async () => {
  let got = '';
  let finish: () => void = () => undefined;
  onRequest = (request, response) => {
    request.on('data', (data: Buffer) => (got += data.toString()));
    request.on('end', () => {
      got += ` ${request.method} ${request.headers['content-type']}`;
      response.writeHead(200, { 'x-request-id': 'r1', 'content-type': 'audio/pcm' });
      response.write('first');
      finish = () => response.end('second');
    });
  };
  const response = await post();
  expect([response.ok, response.status, response.headers.get('X-Request-Id')]).toEqual([true, 200, 'r1']);
  const pieces: string[] = [];
  for await (const piece of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    pieces.push(Buffer.from(piece).toString());
    finish();
  }
  expect(pieces).toEqual(['first', 'second']);
  expect(got).toBe('{"a":1} POST application/json');
});

test('an error is an answer with its text, and a redirect is followed', async () => {
  onRequest = (request, response) => {
    if (request.url === '/old') response.writeHead(307, { location: '/new' }).end();
    else if (request.url === '/new') response.end('moved');
    else response.writeHead(429).end('{"error":"slow down"}');
  };
  const refused = await post();
  expect([refused.ok, refused.status, await refused.json()]).toEqual([false, 429, { error: 'slow down' }]);
  expect(await (await post('/old')).text()).toBe('moved');
});

test('aborting while the answer streams ends the request at the server', async () => {
  onRequest = (_request, response) => void response.writeHead(200).write('first');
  const controller = new AbortController();
  const response = await post('/', controller.signal);
  const reading = (async () => {
    for await (const piece of (response.body ?? []) as AsyncIterable<Uint8Array>)
      if (piece.length > 0) controller.abort();
  })();
  await expect(reading).rejects.toThrow();
  await closed;
});
