import { expect, test } from '@jest/globals';
import type { IncomingMessage } from 'node:http';
import { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { createUpgrades } from '../../../src/voice/transports/upgrades.js';

const request = {
  method: 'GET',
  headers: {
    upgrade: 'websocket',
    connection: 'Upgrade',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'sec-websocket-version': '13',
  },
} as unknown as IncomingMessage;

/** A socket that counts its system calls. */
function accept(): { socket: WebSocket; calls: number[] } {
  const calls: number[] = [];
  const line = new Duplex({
    read: () => undefined,
    write: (_chunk, _encoding, done) => {
      calls.push(1);
      done();
    },
    writev: (chunks, done) => {
      calls.push(chunks.length);
      done();
    },
  });
  let accepted: WebSocket | undefined;
  createUpgrades(1_000)(request, line, Buffer.alloc(0), (socket) => (accepted = socket));
  if (!accepted) throw new Error('not accepted');
  return { socket: accepted, calls };
}
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('what is sent within one callback leaves in one system call, before anything else can happen', async () => {
  const { socket, calls } = accept();
  await turn();
  const before = calls.length;
  for (let n = 0; n < 3; n++) socket.send(Buffer.alloc(640));
  socket.send('{"type":"clear"}');
  await new Promise<void>((resolve) => process.nextTick(resolve));
  // a header and a body each
  expect(calls.slice(before)).toEqual([8]);
  socket.send(Buffer.alloc(640));
  await turn();
  expect(calls.slice(before)).toEqual([8, 2]);
  socket.terminate();
});

test('a close right behind a message takes the message with it', async () => {
  const { socket, calls } = accept();
  await turn();
  const before = calls.length;
  socket.send('{"type":"ended"}');
  socket.close(1000, 'bye');
  await turn();
  expect(calls.slice(before)).toEqual([4]);
  socket.terminate();
});
