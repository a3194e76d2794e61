import { afterEach, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import { serveUpgrades, type UpgradeOptions } from '../../src/api/voice-upgrade.js';

const PATH = '/api/v1/voice/stream';
let server: Server | undefined;
let cut: () => void = () => undefined;
afterEach(async () => {
  cut();
  await new Promise((resolve) => server?.close(resolve));
});

/** Serves upgrades with an echoless WebSocket server behind `PATH`. @returns its origin. */
async function serve(options: Partial<UpgradeOptions> = {}): Promise<string> {
  const sockets = new WebSocketServer({ noServer: true });
  const handleUpgrade = (...[request, socket, head]: [never, Duplex, Buffer]): void =>
    sockets.handleUpgrade(request, socket, head, () => undefined);
  server = createServer().listen(0, '127.0.0.1');
  cut = serveUpgrades(server, {
    transports: { [PATH]: { handleUpgrade } },
    maxSockets: 2,
    ...options,
  });
  await once(server, 'listening');
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** @returns 101, or the status of the refusal. */
async function dial(url: string, origin?: string): Promise<number> {
  const socket = new WebSocket(url, origin === undefined ? {} : { origin });
  socket.on('error', () => undefined);
  return Promise.race([
    once(socket, 'open').then(() => 101),
    once(socket, 'unexpected-response').then(
      ([, response]) => (response as { statusCode: number }).statusCode,
    ),
  ]);
}

test('the path of the transport is taken, with or without a query, every other is not found', async () => {
  const origin = await serve();
  expect(await dial(origin + PATH)).toBe(101);
  expect(await dial(`${origin}${PATH}?x=1`)).toBe(101);
  expect(await dial(`${origin}/constructor`)).toBe(404);
});

test('pages of other origins are refused, programs without an origin are not', async () => {
  const origin = await serve({ origins: ['https://console.example.com'] });
  expect(await dial(origin + PATH, 'https://evil.example')).toBe(403);
  expect(await dial(origin + PATH, 'https://console.example.com')).toBe(101);
  expect(await dial(origin + PATH)).toBe(101);
});

test('one socket too many is refused, and a place is free again when one has gone', async () => {
  const origin = await serve();
  const first = new WebSocket(origin + PATH);
  await once(first, 'open');
  expect(await dial(origin + PATH)).toBe(101);
  expect(await dial(origin + PATH)).toBe(503);
  first.close();
  first.terminate();
  await once(first, 'close');
  let status = 503;
  for (let i = 0; i < 50 && status === 503; i++) status = await dial(origin + PATH);
  expect(status).toBe(101);
});

test('a path that admits by signature refuses whoever has none before any socket is opened', async () => {
  const admits = ({ headers }: IncomingMessage): boolean => headers['x-twilio-signature'] === 'genuine';
  const sockets = new WebSocketServer({ noServer: true });
  const handleUpgrade = (...[request, socket, head]: [never, Duplex, Buffer]): void =>
    sockets.handleUpgrade(request, socket, head, () => undefined);
  const origin = await serve({ transports: { [PATH]: { admits, handleUpgrade } } });
  expect(await dial(origin + PATH)).toBe(403);
  const genuine = new WebSocket(origin + PATH, { headers: { 'x-twilio-signature': 'genuine' } });
  await once(genuine, 'open');
});
