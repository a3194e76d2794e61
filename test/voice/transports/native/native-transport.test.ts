import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import WebSocket from 'ws';
import type { JournalEvent } from '../../../../src/voice/ports.js';
import { defaultSessionOptions } from '../../../../src/voice/session/options.js';
import { createCallRegistry, type CallRegistry } from '../../../../src/voice/session/registry.js';
import { createNativeTransport } from '../../../../src/voice/transports/native/native-transport.js';
import type { TransportDeps } from '../../../../src/voice/transports/transport-deps.js';
import { ServerMessage } from '../../../../src/voice/wire.js';
import { createAgent } from '../../../../src/api/agent.js';
import { firm } from '../../../domain/conversation.js';
import { eventually } from '../../../support/eventually.js';
import { capturingLogger, type LogLine } from '../../../support/log.js';
import { agent, header, scriptedEars, scriptedModel, toneVoice } from '../../session/support/line.js';

let server: Server;
let url: string;
let registry: CallRegistry;
let journal: Map<string, JournalEvent[]>;
let lines: LogLine[];
const sockets = new Set<Socket>();

/** Tokens are `token-N`; each opens call N once. `slow-…` never gets an answer, `crash-…` fails. */
async function listen(change: Partial<TransportDeps> = {}): Promise<void> {
  const used = new Set<string>();
  registry = createCallRegistry({ maxCalls: 3 });
  journal = new Map();
  const log = capturingLogger();
  lines = log.lines;
  const transport = createNativeTransport({
    async claim(token) {
      await Promise.resolve();
      if (token.startsWith('crash')) throw new Error('database gone');
      if (token.startsWith('slow')) return new Promise(() => undefined);
      if (!token.startsWith('token-')) return { ok: false, why: 'bad_token' };
      if (used.has(token)) return { ok: false, why: 'replayed_token' };
      used.add(token);
      return { ok: true, agent, header: { ...header, callId: `call_${token.slice(6).padStart(20, '0')}` } };
    },
    registry,
    call: {
      providers: { stt: scriptedEars(['I slipped', 'bye']), llm: scriptedModel, tts: toneVoice() },
      createVad: () => ({ isVoiced: (frame) => frame[0] !== 0, close: () => undefined }),
      journal: {
        append: ({ callId }, event) => {
          journal.set(callId, [...(journal.get(callId) ?? []), event]);
        },
      },
      timing: { record: () => undefined, recordError: () => undefined },
      filter: () => true,
      logger: log.logger,
      nowMs: () => performance.now(),
      epochMs: () => Date.now(),
    },
    options: defaultSessionOptions,
    ...change,
  });
  server = createServer();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('upgrade', (request, socket, head) => transport.handleUpgrade(request, socket, head));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
beforeEach(() => listen());
afterEach(async () => {
  await registry.closeAll(2_000);
  await eventually(() => registry.size === 0 && sockets.size === 0, {
    withinMs: 5_000,
    what: 'no socket is left',
  });
  await new Promise((resolve) => server.close(resolve));
});

/** A client that keeps all it gets. */
function dial() {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  const messages: ServerMessage[] = [];
  let audioFrames = 0;
  socket.on('error', () => undefined);
  socket.on('message', (data: Buffer, isBinary) => {
    if (isBinary) audioFrames += 1;
    else messages.push(ServerMessage.parse(JSON.parse(data.toString())));
  });
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  const opened = new Promise<void>((resolve) => socket.once('open', () => resolve()));
  const client = {
    socket,
    messages,
    closed,
    opened,
    audioFrames: () => audioFrames,
    codes: () => messages.flatMap((m) => (m.type === 'error' ? [m.code] : [])),
    send: (message: unknown) =>
      socket.send(
        typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message),
      ),
    until: <T extends ServerMessage['type']>(type: T, nth = 1) =>
      eventually(
        () => messages.filter((m) => m.type === type)[nth - 1] as Extract<ServerMessage, { type: T }>,
        {
          withinMs: 5_000,
          everyMs: 2,
          what: `message ${type} number ${nth}`,
        },
      ),
  };
  return client;
}
async function call(token: string, more: object = {}) {
  const client = dial();
  await client.opened;
  client.send({ type: 'start', token, ...more });
  await client.until('ready');
  await client.until('reply_done');
  return client;
}
const speech = (voicedMs: number, quietMs: number): Buffer[] => [
  ...Array.from({ length: voicedMs / 20 }, () => Buffer.alloc(640, 9)),
  ...Array.from({ length: quietMs / 20 }, () => Buffer.alloc(640)),
];

describe('a good call', () => {
  test('is greeted, heard, answered in audio, and closed by the agent with 1000', async () => {
    const client = await call('token-0001');
    expect(client.messages[0]).toMatchObject({
      type: 'ready',
      callId: 'call_00000000000000000001',
    });
    for (const frame of speech(400, 600)) client.send(frame);
    expect((await client.until('heard')).text).toBe('I slipped');
    expect((await client.until('reply_done', 2)).text).toBe('You said I slipped.');
    for (const frame of speech(400, 600)) client.send(frame);
    expect(await client.closed).toBe(1000);
    expect(client.messages.at(-1)).toEqual({ type: 'ended', reason: 'agent_closed' });
    expect(client.audioFrames()).toBeGreaterThan(3);
    expect(journal.get('call_00000000000000000001')?.at(-1)).toMatchObject({ kind: 'ended', lastTurn: 5 });
  });

  test('a caller who asks for a person learns whom to call and what to tell them, once the words have been said', async () => {
    await registry.closeAll(2_000);
    await new Promise((resolve) => server.close(resolve));
    const firmAgent = createAgent({ ...firm, telephone: '+15125550123' });
    await listen({ claim: () => Promise.resolve({ ok: true, agent: firmAgent, header }) });
    const client = await call('token-0001', { input: 'text', output: 'text' });
    client.send({ type: 'text', text: 'Yes. I need a divorce, let me talk to a real person.' });
    expect(await client.closed).toBe(1000);
    expect(client.messages.slice(-3)).toMatchObject([
      { type: 'reply_done', text: expect.stringContaining('handing you over'), interrupted: false },
      {
        type: 'transfer',
        to: '+15125550123',
        summary: 'A caller who gave no name, about a family matter, asks for a person.',
      },
      { type: 'ended', reason: 'transferred' },
    ]);
    expect(journal.get(header.callId)?.at(-1)).toMatchObject({ kind: 'ended', reason: 'transferred' });
  });

  test('a caller may press keys, up to the hash, and no key that a telephone has not', async () => {
    const client = await call('token-0004', { input: 'text', output: 'text' });
    for (const digit of ['4', '2', 'x', '#']) client.send({ type: 'dtmf', digit });
    expect(await client.until('heard')).toMatchObject({ text: '42', input: 'typed' });
    expect(client.codes()).toEqual(['bad_message']);
  });

  test('a caller who hangs up is closed with 1000', async () => {
    const client = await call('token-0002', { input: 'text', output: 'text' });
    client.send({ type: 'ping', id: 'a' });
    expect(await client.until('pong')).toEqual({ type: 'pong', id: 'a' });
    client.send({ type: 'end' });
    expect(await client.closed).toBe(1000);
    expect(client.audioFrames()).toBe(0);
    expect(journal.get('call_00000000000000000002')?.at(-1)).toMatchObject({ reason: 'caller_hangup' });
  });

  test('a line that is cut is journalled as lost', async () => {
    const client = await call('token-0003');
    client.socket.terminate();
    await eventually(() => journal.get('call_00000000000000000003')?.at(-1)?.kind === 'connection_lost', {
      withinMs: 3_000,
      what: 'the loss is journalled',
    });
  });

  test('words sent right behind the start message, before the token is checked, are heard', async () => {
    const client = dial();
    await client.opened;
    client.send({ type: 'start', token: 'token-0004', output: 'text' });
    client.send({ type: 'text', text: 'hello' });
    expect((await client.until('heard')).text).toBe('hello');
  });

  test('a shutdown tells the caller, closes with 1001, and leaves the call to be taken up again', async () => {
    const client = await call('token-0005');
    await registry.closeAll(1_000);
    expect(await client.closed).toBe(1001);
    expect(client.messages.at(-1)).toEqual({ type: 'ended', reason: 'shutdown' });
    expect(journal.get('call_00000000000000000005')?.at(-1)?.kind).toBe('connection_lost');
  });

  test('more calls than lines are told to try later, and those on the line go on', async () => {
    const live = await call('token-0101');
    for (let n = 2; n <= 3; n++) await call(`token-010${n}`);
    const client = dial();
    await client.opened;
    client.send({ type: 'start', token: 'token-0104' });
    expect(await client.closed).toBe(4429);
    expect(client.codes()).toEqual(['busy']);
    live.send({ type: 'text', text: 'still here' });
    expect((await live.until('reply_done', 2)).text).toBe('You said still here.');
    expect(registry.size).toBe(3);
  });
});

/** What a hostile client sends, and what must come of it: an error code, a close code, or both. */
interface Attack {
  what: string;
  token?: string;
  send: (string | Buffer | object)[];
  error?: string;
  close?: number;
}
const fuzz = (n: number) =>
  Buffer.from(Array.from({ length: 1 + (n % 60) }, (_, k) => (n * 31 + k * 17) % 256));
const kinds: ((n: number) => Attack)[] = [
  (n) => ({ what: 'binary before start', send: [fuzz(n)], error: 'not_started', close: 4400 }),
  () => ({ what: 'oversize', send: [Buffer.alloc(20_000)], close: 1009 }),
  () => ({ what: 'oversize text', send: ['x'.repeat(20_000)], close: 1009 }),
  (n) => ({ what: 'bad JSON', send: [`{"type": ${n}`], error: 'bad_json' }),
  (n) => ({ what: 'unknown type', send: [{ type: `evil${n}` }], error: 'bad_message' }),
  () => ({ what: 'JSON that is no object', send: ['null', '[]', '"start"', '12'], error: 'bad_message' }),
  () => ({
    what: 'prototype games',
    send: ['{"__proto__":{"type":"end"},"type":"text"}'],
    error: 'bad_message',
  }),
  () => ({ what: 'text before start', send: [{ type: 'text', text: 'hi' }], error: 'not_started' }),
  () => ({ what: 'end before start', send: [{ type: 'end' }], error: 'not_started' }),
  (n) => ({
    what: 'bad token',
    send: [{ type: 'start', token: `stolen-${n}-token` }],
    error: 'bad_token',
    close: 4401,
  }),
  () => ({
    what: 'replayed token',
    send: [{ type: 'start', token: 'token-good' }],
    error: 'replayed_token',
    close: 4409,
  }),
  () => ({ what: 'token of the wrong type', send: [{ type: 'start', token: 12 }], error: 'bad_message' }),
  () => ({
    what: 'claim that crashes',
    send: [{ type: 'start', token: 'crash-0000' }],
    error: 'internal',
    close: 1011,
  }),
  (n) => ({
    what: 'frame of wrong length',
    token: 'x',
    send: [Buffer.alloc(639 + (n % 2) * 2)],
    error: 'bad_frame',
  }),
  () => ({ what: 'empty frame', token: 'x', send: [Buffer.alloc(0)], error: 'bad_frame' }),
  () => ({
    what: 'second start',
    token: 'x',
    send: [{ type: 'start', token: 'token-good' }],
    error: 'already_started',
  }),
  () => ({ what: 'empty text', token: 'x', send: [{ type: 'text', text: '   ' }], error: 'bad_message' }),
  () => ({
    what: 'endless nonsense',
    send: Array.from({ length: 30 }, () => 'nonsense'),
    error: 'too_many_errors',
    close: 4400,
  }),
  () => ({
    what: 'more audio than time',
    token: 'x',
    send: Array.from({ length: 600 }, () => Buffer.alloc(640)),
    error: 'bad_frame',
    close: 4400,
  }),
  (n) => ({
    what: 'noise as a frame',
    token: 'x',
    send: [Buffer.alloc(640, n % 256), { type: 'nope' }],
    error: 'bad_message',
  }),
];

describe('hostile clients', () => {
  test('200 attacks are each answered, and a good call beside them notices nothing', async () => {
    await registry.closeAll(100);
    await new Promise((resolve) => server.close(resolve));
    const options = { ...defaultSessionOptions, reconnectWindowMs: 100 };
    await listen({ options, registry: createCallRegistry({ maxCalls: 50 }) });
    const good = await call('token-good');
    let next = 0;
    const attacks = Array.from({ length: 200 }, (_, n) => kinds[n % kinds.length]!(n));
    const attack = async ({ what, token, send, error, close }: Attack): Promise<void> => {
      const client = dial();
      await client.opened;
      if (token) {
        client.send({ type: 'start', token: `token-h${String(++next).padStart(4, '0')}` });
        await client.until('ready');
      }
      for (const message of send) client.send(message);
      if (error)
        await eventually(() => client.codes().includes(error as never), {
          withinMs: 5_000,
          what: `${what}: ${error}`,
        });
      if (close) expect([what, await client.closed]).toEqual([what, close]);
      else client.socket.terminate();
    };
    const waves = (async () => {
      for (let n = 0; n < attacks.length; n += 10) await Promise.all(attacks.slice(n, n + 10).map(attack));
    })();
    for (const frame of speech(400, 600)) good.send(frame);
    expect((await good.until('reply_done', 2)).text).toBe('You said I slipped.');
    await waves;
    good.send({ type: 'text', text: 'still here' });
    expect((await good.until('reply_done', 3)).text).toBe('You said I slipped and still here.');
    expect(good.codes()).toEqual([]);
    expect(lines.filter((line) => line.msg === 'a message on a native socket hit a defect')).toEqual([]);
    good.send({ type: 'end' });
    expect(await good.closed).toBe(1000);
  });

  test('bytes that are no WebSocket frames at all end only their own connection', async () => {
    const raw = connect(Number(new URL(url).port), '127.0.0.1');
    raw.on('error', () => undefined);
    raw.write(
      'GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    await new Promise((resolve) => raw.once('data', resolve));
    raw.write(Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff]));
    await new Promise((resolve) => raw.once('close', resolve));
    (await call('token-0201')).socket.close();
  });

  test('a client that says nothing is closed with 4408', async () => {
    await new Promise((resolve) => server.close(resolve));
    await listen({ startTimeoutMs: 60 });
    const client = dial();
    expect(await client.closed).toBe(4408);
    expect(client.codes()).toEqual(['start_timeout']);
  });

  test('a token check that hangs ends in an apology, not in a hanging caller', async () => {
    await new Promise((resolve) => server.close(resolve));
    await listen({ startTimeoutMs: 60 });
    const client = dial();
    await client.opened;
    client.send({ type: 'start', token: 'slow-00000' });
    expect(await client.closed).toBe(1011);
  });

  test('a token that takes long to check costs no caller the line, however much their microphone sends meanwhile', async () => {
    await new Promise((resolve) => server.close(resolve));
    let answer = (): void => undefined;
    const checked = new Promise<void>((resolve) => (answer = resolve));
    await listen({ claim: () => checked.then(() => ({ ok: true, agent, header })) });
    const client = dial();
    await client.opened;
    client.send({ type: 'start', token: 'token-0302' });
    for (const frame of speech(1_000, 3_000)) client.send(frame);
    // One message too many that is no audio is complained about: then all the audio before it has been read.
    client.send({ type: 'text', text: 'hello?' });
    await client.until('error');
    answer();
    await client.until('reply_done');
    expect(client.codes()).toEqual(['not_started']);
    client.socket.terminate();
  });

  test('a peer that answers no ping is cut off and its call journalled as lost', async () => {
    await new Promise((resolve) => server.close(resolve));
    await listen({ heartbeatMs: 40 });
    const client = await call('token-0301', { output: 'text' });
    client.socket.pause();
    await eventually(() => journal.get('call_00000000000000000301')?.at(-1)?.kind === 'connection_lost', {
      withinMs: 3_000,
      what: 'the loss is journalled',
    });
    client.socket.terminate();
  });
});
