import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';
import { openTemporal } from '../../src/api/temporal.js';
import { findCall } from '../../src/db/call-list.js';
import { openPool } from '../../src/db/pool.js';
import { intakeWorkflowId } from '../../src/domain/ids.js';
import { twoFirms } from '../db/support/firm.js';
import { testDataConverter, testPayloadKey } from '../support/data-converter.js';
import { eventually } from '../support/eventually.js';
import { type FreshDatabase, freshDatabase, servers } from '../support/servers.js';
import { signTestToken, testJwks } from '../support/tokens.js';
import { TwilioPhone } from '../voice/transports/twilio/support/twilio-phone.js';

const root = join(__dirname, '..', '..');
type Environment = Record<string, string>;

/** The edge as a process of its own, and what it prints. */
class Edge {
  readonly lines: Record<string, unknown>[] = [];
  errors = '';
  readonly #child: ChildProcess;

  constructor(env: Environment) {
    this.#child = spawn(process.execPath, ['--import', 'tsx', join(root, 'src/api/server.ts')], {
      cwd: root,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    createInterface(this.#child.stdout!).on('line', (line) => this.lines.push(JSON.parse(line) as never));
    this.#child.stderr!.on('data', (chunk: Buffer) => (this.errors += chunk.toString()));
  }

  ready(): Promise<unknown> {
    return eventually(() => this.lines.find((line) => line.event === 'ready'), {
      withinMs: 15_000,
      what: 'ready',
    });
  }

  async exit(signal?: NodeJS.Signals): Promise<number | null> {
    if (signal) this.#child.kill(signal);
    if (this.#child.exitCode === null) await once(this.#child, 'exit');
    return this.#child.exitCode;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

let database: FreshDatabase;
let directory: string;
let base: Environment;
beforeAll(async () => {
  database = await freshDatabase();
  const pool = openPool(database.appUrl, 2, () => undefined);
  await twoFirms(pool);
  await pool.end();
  directory = await mkdtemp(join(tmpdir(), 'edge-'));
  await writeFile(join(directory, 'jwks.json'), JSON.stringify(await testJwks()));
  base = {
    DATABASE_URL: database.appUrl,
    TEMPORAL_ADDRESS: servers().temporalAddress,
    HERMES_JWKS: join(directory, 'jwks.json'),
    HERMES_SECRET_KEY: randomBytes(32).toString('base64'),
    HERMES_PAYLOAD_KEYS: `${testPayloadKey.id}:${Buffer.from(testPayloadKey.secret).toString('base64')}`,
    HERMES_DATA_DIR: directory,
    HERMES_STT: 'none',
    HERMES_TTS: 'none',
  };
});
afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
  await database.drop();
});

async function startEdge(more: Environment = {}): Promise<{ edge: Edge; origin: string }> {
  const port = await freePort();
  const edge = new Edge({ ...base, HERMES_PORT: String(port), ...more });
  await edge.ready();
  return { edge, origin: `http://127.0.0.1:${port}` };
}

async function openSession(
  origin: string,
): Promise<{ session_id: string; token: string; urls: { native: string; realtime: string } }> {
  const authorization = `Bearer ${await signTestToken({ tenantId: 'firm-a' })}`;
  const response = await fetch(`${origin}/api/v1/voice/session`, {
    method: 'POST',
    headers: { authorization },
  });
  expect(response.status).toBe(201);
  return (await response.json()) as never;
}

interface Line {
  socket: WebSocket;
  heard: { type: string; code?: string }[];
  closed: Promise<number>;
}
/** Opens a typed call and waits until the agent has greeted, or the socket has been closed. */
async function dial(url: string, token: string): Promise<Line> {
  const socket = new WebSocket(url);
  const line: Line = { socket, heard: [], closed: once(socket, 'close').then(([code]) => code as number) };
  socket.on('message', (data: Buffer) => line.heard.push(JSON.parse(data.toString()) as { type: string }));
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'start', token, input: 'text', output: 'text' }));
  const greeted = (): boolean =>
    line.heard.some((m) => m.type === 'reply_done') || socket.readyState === WebSocket.CLOSED;
  await eventually(greeted, { withinMs: 5_000, what: 'a greeting' });
  return line;
}

describe('the edge', () => {
  test('takes a call, hands its turns to the intake, measures it, refuses its token twice, and stops when told', async () => {
    const { edge, origin } = await startEdge();
    expect((await fetch(`${origin}/readyz`)).status).toBe(200);
    const session = await openSession(origin);
    const line = await dial(session.urls.native, session.token);
    const replay = await dial(session.urls.native, session.token);
    expect(await replay.closed).toBe(4409);
    line.socket.send(JSON.stringify({ type: 'text', text: 'I was hurt in a car accident.' }));
    const replies = (): boolean => line.heard.filter((m) => m.type === 'reply_done').length === 2;
    await eventually(replies, { withinMs: 5_000, what: 'a reply' });
    line.socket.send(JSON.stringify({ type: 'end' }));
    expect(await line.closed).toBe(1000);

    const temporal = openTemporal(servers().temporalAddress, 'default', testDataConverter);
    const handle = temporal.client.workflow.getHandle(intakeWorkflowId('firm-a', session.session_id));
    const ended = async (): Promise<boolean> => {
      const { events } = await handle.fetchHistory();
      return (events ?? []).some(
        (e) => e.workflowExecutionSignaledEventAttributes?.signalName === 'callEnded',
      );
    };
    await eventually(ended, { withinMs: 10_000, what: 'the end at the intake' });
    await handle.terminate('test');
    await temporal.close();

    expect(await edge.exit('SIGTERM')).toBe(0);
    const pool = openPool(database.appUrl, 1, () => undefined);
    expect(await findCall(pool, 'firm-a', session.session_id)).toMatchObject({
      state: 'ended',
      endReason: 'caller_hangup',
    });
    await pool.end();
    const { origin: second, edge: again } = await startEdge();
    const authorization = `Bearer ${await signTestToken({ tenantId: 'firm-a' })}`;
    const report = await fetch(`${second}/api/v1/monitoring/sla-compliance`, { headers: { authorization } });
    expect(await report.json()).toMatchObject({ samples: 1, verdict: 'met', error_share: 0 });
    expect(await again.exit('SIGTERM')).toBe(0);
    expect(JSON.stringify(edge.lines)).not.toContain('car accident');
  });

  test('starts and takes calls while Temporal is away, says so, and keeps the turns over a restart', async () => {
    const dead = `127.0.0.1:${await freePort()}`;
    const { edge, origin } = await startEdge({ TEMPORAL_ADDRESS: dead });
    const readiness = await fetch(`${origin}/readyz`);
    expect(readiness.status).toBe(503);
    expect(await readiness.json()).toMatchObject({ code: 'not_ready', errors: [{ field: 'temporal' }] });
    const session = await openSession(origin);
    const line = await dial(session.urls.native, session.token);
    expect(line.heard.map((m) => m.type)).toContain('reply_done');
    expect(await edge.exit('SIGTERM')).toBe(0);
    await line.closed;

    const { edge: again } = await startEdge();
    const temporal = openTemporal(servers().temporalAddress, 'default', testDataConverter);
    const handle = temporal.client.workflow.getHandle(intakeWorkflowId('firm-a', session.session_id));
    const signals = await eventually(
      async () => {
        const { events } = await handle.fetchHistory();
        const names = (events ?? []).flatMap(
          (e) => e.workflowExecutionSignaledEventAttributes?.signalName ?? [],
        );
        return names.includes('connectionLost') && names;
      },
      { withinMs: 10_000, what: 'the kept turns at the intake' },
    );
    expect(signals).toContain('turnsRecorded');
    await handle.terminate('test');
    await temporal.close();
    expect(await again.exit('SIGTERM')).toBe(0);
  });

  test('takes a telephone call: webhook, signed stream, digits, and the end noted for the next webhook', async () => {
    const publicUrl = 'https://voice.example.com';
    const { edge, origin } = await startEdge({ TWILIO_AUTH_TOKEN: 'secret', HERMES_PUBLIC_URL: publicUrl });
    const sign = (url: string) => ({
      'x-twilio-signature': createHmac('sha1', 'secret').update(url).digest('base64'),
    });
    const ring = async (path: string): Promise<string> => {
      const body = new URLSearchParams({ CallSid: 'CA1' });
      const headers = sign(`${publicUrl}${path}CallSidCA1`);
      const answer = await fetch(origin + path, { method: 'POST', headers, body });
      return answer.text();
    };
    const twiml = await ring('/api/v1/voice/twilio/incoming/firm-a');
    const stream = '/api/v1/voice/twilio';
    const unsigned = new TwilioPhone(origin.replace('http', 'ws') + stream);
    expect(await unsigned.closed).toBe(1006);
    const headers = sign(`wss://voice.example.com${stream}`);
    const phone = new TwilioPhone(origin.replace('http', 'ws') + stream, { headers });
    await phone.start(/value="([^"]+)"/.exec(twiml)![1]!);
    const after = /action="https:[/][/]voice.example.com([^"]+)"/.exec(twiml)![1]!;
    const pool = openPool(database.appUrl, 1, () => undefined);
    const callOf = () => findCall(pool, 'firm-a', after.split('/').at(-1)!);
    await eventually(async () => (await callOf())?.state === 'live', { withinMs: 5_000, what: 'the claim' });
    phone.press('4', '2', '#');
    phone.stop();
    expect(await phone.closed).toBe(1000);
    const ended = async (): Promise<boolean> => (await callOf())?.endReason === 'caller_hangup';
    await eventually(ended, { withinMs: 5_000, what: 'the end' });
    expect(await ring(after)).toContain('<Hangup/>');
    await pool.end();
    expect(await edge.exit('SIGTERM')).toBe(0);
  });

  test('takes a call from a realtime client, whose key is the session token, once', async () => {
    const { edge, origin } = await startEdge({ HERMES_PUBLIC_URL: 'https://voice.example.com' });
    const { session_id, token, urls } = await openSession(origin);
    expect(urls.realtime).toBe('wss://voice.example.com/v1/realtime');
    const headers = { authorization: `Bearer ${token}` };
    const ring = () => new WebSocket(`${origin.replace('http', 'ws')}/v1/realtime?model=any`, { headers });
    const socket = ring();
    const events: { type: string; item?: { role: string } }[] = [];
    socket.on('message', (data: Buffer) => events.push(JSON.parse(data.toString()) as never));
    await once(socket, 'open');
    const content = [{ type: 'input_text', text: 'I was hurt in a car accident.' }];
    const item = { type: 'message', role: 'user', content };
    socket.send(JSON.stringify({ type: 'conversation.item.create', item }));
    const answered = (): boolean => {
      const heard = events.findIndex((e) => e.type === 'conversation.item.done' && e.item?.role === 'user');
      return heard > 0 && events.slice(heard).some((event) => event.type === 'response.done');
    };
    await eventually(answered, { withinMs: 5_000, what: 'an answer' });
    const again = ring();
    again.on('error', () => undefined);
    const [, response] = (await once(again, 'unexpected-response')) as [unknown, { statusCode: number }];
    expect(response.statusCode).toBe(401);
    socket.close();
    const pool = openPool(database.appUrl, 1, () => undefined);
    const callOf = () => findCall(pool, 'firm-a', session_id);
    const ended = async (): Promise<boolean> => (await callOf())?.state === 'ended';
    await eventually(ended, { withinMs: 10_000, what: 'the end' });
    expect(await callOf()).toMatchObject({ transport: 'realtime', endReason: 'caller_hangup' });
    await pool.end();
    expect(await edge.exit('SIGTERM')).toBe(0);
  });

  test('answers an upgrade of another address with a problem', async () => {
    const { edge, origin } = await startEdge();
    const socket = new WebSocket(`${origin.replace('http', 'ws')}/api/v1/elsewhere`);
    socket.on('error', () => undefined);
    const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }];
    expect(response.statusCode).toBe(404);
    expect(await edge.exit('SIGTERM')).toBe(0);
  });

  test('keeps to the origins and the pace it is given', async () => {
    const { edge, origin } = await startEdge({
      HERMES_ALLOWED_ORIGINS: 'https://console.example.com, https://www.example.com',
      HERMES_RATE_PER_TENANT: '2',
    });
    const stream = `${origin.replace('http', 'ws')}/api/v1/voice/stream`;
    const foreign = new WebSocket(stream, { origin: 'https://elsewhere.example.com' });
    foreign.on('error', () => undefined);
    const [, refusal] = (await once(foreign, 'unexpected-response')) as [unknown, { statusCode: number }];
    expect(refusal.statusCode).toBe(403);
    const own = new WebSocket(stream, { origin: 'https://www.example.com' });
    await once(own, 'open');
    own.close();
    const headers = { authorization: `Bearer ${await signTestToken({ tenantId: 'firm-a' })}` };
    const ask = async (): Promise<number> => (await fetch(`${origin}/api/v1/calls`, { headers })).status;
    expect([await ask(), await ask(), await ask()]).toEqual([200, 200, 429]);
    expect(await edge.exit('SIGTERM')).toBe(0);
  });

  test('without its settings names each and exits with 78', async () => {
    const edge = new Edge({});
    expect(await edge.exit()).toBe(78);
    for (const name of [
      'DATABASE_URL',
      'HERMES_JWKS',
      'HERMES_PAYLOAD_KEYS',
      'HERMES_SECRET_KEY',
      'TEMPORAL_ADDRESS',
    ])
      expect(edge.errors).toContain(`${name}=`);
  });

  test('with a Twilio account but no public address says which is missing', async () => {
    const edge = new Edge({ ...base, TWILIO_AUTH_TOKEN: 'secret' });
    expect(await edge.exit()).toBe(78);
    expect(edge.errors).toContain('HERMES_PUBLIC_URL=');
  });

  test('on a taken port says so and exits with 1', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const edge = new Edge({ ...base, HERMES_PORT: String((taken.address() as AddressInfo).port) });
    expect(await edge.exit()).toBe(1);
    expect(edge.errors).toContain('EADDRINUSE');
    taken.close();
  });
});
