import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import {
  RealtimeSocket,
  type SocketListener,
} from '../../../../src/voice/providers/openai/realtime-socket.js';
import { realtimeUrl } from '../../../../src/voice/providers/openai/realtime-url.js';
import {
  SpareSockets,
  type SpareSocketsOptions,
} from '../../../../src/voice/providers/openai/spare-sockets.js';
import {
  createOpenAiSpeechToText,
  type OpenAiSpeechToTextOptions,
} from '../../../../src/voice/providers/openai/speech-to-text.js';
import { apiKey, startOpenAi, type RunningOpenAi } from '../../../standins/openai/running.js';
import { eventually } from '../../../support/eventually.js';
import { failureOf, never, say } from './support.js';

let openai: RunningOpenAi;
const closers: (() => unknown)[] = [];

beforeAll(async () => {
  openai = await startOpenAi();
});
beforeEach(() => openai.rest());
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});
afterAll(() => openai.close());

const model = { transcription: { model: 'gpt-live-transcribe' }, turn_detection: null };

/** Spares on the stand-in, or on the server at `url`. */
function spares(
  options: Partial<SpareSocketsOptions> = {},
  url = realtimeUrl(openai.baseUrl, { intent: 'transcription' }),
): SpareSockets {
  const open = (listener: SocketListener) =>
    new RealtimeSocket(
      {
        stage: 'stt',
        url,
        apiKey,
        timeoutMs: 5_000,
        session: () => ({ type: 'transcription', audio: { input: model } }),
      },
      listener,
    );
  const made = new SpareSockets({ open, cap: 10, maxAgeMs: 60_000, ...options });
  closers.push(() => made.close());
  return made;
}

const nobody: SocketListener = { ready: () => undefined, message: () => undefined, failed: () => undefined };

async function ears(options: Partial<OpenAiSpeechToTextOptions> = {}) {
  const endpoint = { baseUrl: openai.baseUrl, apiKey };
  const stt = await createOpenAiSpeechToText({
    ...endpoint,
    model: 'gpt-live-transcribe',
    timeoutMs: 5_000,
    ...options,
  });
  closers.push(() => stt.close());
  return stt;
}

describe('a call that has been picked up', () => {
  test('finds a socket that is ready, and another for its next utterance', async () => {
    const stt = await ears();
    stt.prewarm!();
    await openai.streamsBecome({ realtimeOpened: 1, realtimeConfigured: 1 });
    // From here on no connection gets through.
    await openai.control.fault({ effect: { kind: 'stall' }, times: null });
    const recognition = stt.start();
    say(recognition, 'I was hurt at work.');
    expect(await recognition.finish(never)).toBe('I was hurt at work.');
    const next = () => openai.control.ledger().then(({ requests }) => requests.length === 2);
    await eventually(next, { withinMs: 2_000, what: 'a spare for the next utterance is asked for' });
    await openai.control.clearFaults();
  });

  test('leaves no socket behind when the provider closes', async () => {
    const stt = await ears();
    stt.prewarm!();
    stt.prewarm!();
    await openai.streamsBecome({ realtimeOpen: 2 });
    await stt.close();
    stt.prewarm!();
    await openai.streamsBecome({ realtimeOpen: 0, realtimeOpened: 2 });
  });

  test('learns what is wrong with its settings from the utterance itself', async () => {
    const stt = await ears({ model: 'gpt-6-luna' });
    stt.prewarm!();
    await openai.streamsBecome({ realtimeOpened: 1, realtimeOpen: 0 });
    const recognition = stt.start();
    say(recognition, 'Hello.');
    expect(await failureOf(recognition.finish(never))).toEqual({ stage: 'stt', kind: 'refused' });
  });
});

test('a socket that was taken is replaced, so that as many are kept as were asked for', async () => {
  const pool = spares({ cap: 2 });
  for (let calls = 0; calls < 5; calls += 1) pool.prewarm();
  await openai.streamsBecome({ realtimeOpened: 2, realtimeConfigured: 2 });
  const taken = pool.take(nobody);
  expect(taken.usable).toBe(true);
  await openai.streamsBecome({ realtimeOpened: 3, realtimeConfigured: 3, realtimeOpen: 3 });
  taken.close();
  await openai.streamsBecome({ realtimeOpen: 2 });
});

test('one socket never serves two', async () => {
  const pool = spares();
  pool.prewarm();
  await openai.streamsBecome({ realtimeConfigured: 1 });
  const [first, second] = [pool.take(nobody), pool.take(nobody)];
  expect(first).not.toBe(second);
  expect([first.usable, second.usable]).toEqual([true, false]);
  first.close();
  second.close();
});

test('a spare that nobody needs is closed at its age, and none replaces it', async () => {
  let nowMs = 1_000;
  const pool = spares({ maxAgeMs: 500, nowMs: () => nowMs, checkEveryMs: 500 });
  pool.prewarm();
  await openai.streamsBecome({ realtimeOpen: 1 });
  nowMs = 1_501;
  await openai.streamsBecome({ realtimeOpen: 0, realtimeOpened: 1 });
});

test('a spare whose session is about to end is replaced', async () => {
  let aheadMs = 0;
  const nowMs = () => Date.now() + aheadMs;
  const pool = spares({ maxAgeMs: 24 * 3_600_000, nowMs, checkEveryMs: 1_000 });
  pool.prewarm();
  await openai.streamsBecome({ realtimeConfigured: 1 });
  // The session lasts an hour; two minutes before that is too late for an utterance.
  aheadMs = 58.5 * 60_000;
  await openai.control.advanceClock(aheadMs);
  await openai.streamsBecome({ realtimeConfigured: 2, realtimeOpened: 2, realtimeOpen: 1 });
});

test('a spare that broke is replaced, and a server that is down is asked once at each look', async () => {
  const pool = spares({ checkEveryMs: 400 });
  await openai.control.fault({
    match: { path: '/v1/realtime' },
    effect: { kind: 'status', status: 503 },
    times: null,
  });
  pool.prewarm();
  const asked = () => openai.control.ledger().then(({ requests }) => requests.length);
  const startedMs = performance.now();
  await eventually(async () => (await asked()) >= 3, { withinMs: 3_000, what: 'three attempts' });
  // At once, and then at each look: three need two looks.
  expect(performance.now() - startedMs).toBeGreaterThan(750);
  await openai.control.clearFaults();
  await openai.streamsBecome({ realtimeOpen: 1 });
});

test('a spare that no longer answers is found and given up', async () => {
  const deaf = new WebSocketServer({ port: 0, host: '127.0.0.1', autoPong: false });
  closers.push(() => {
    for (const client of deaf.clients) client.terminate();
    deaf.close();
  });
  await once(deaf, 'listening');
  let opened = 0;
  deaf.on('connection', (client) => {
    opened += 1;
    client.send(JSON.stringify({ type: 'session.created', session: { audio: {} } }));
  });
  spares(
    { checkEveryMs: 20 },
    `ws://127.0.0.1:${(deaf.address() as AddressInfo).port}/v1/realtime`,
  ).prewarm();
  await eventually(() => opened >= 2, { withinMs: 2_000, what: 'another takes its place' });
});
