/** The edge's HTTP and WebSocket side with its recorder, on a real database and a directory of its own. */
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';
import WebSocket from 'ws';
import { createAgent, createUnrecordedAgent } from '../../../src/api/agent.js';
import { createCallFirms } from '../../../src/api/call-firms.js';
import { openRecordings } from '../../../src/api/recording-service.js';
import { NATIVE_STREAM_PATH } from '../../../src/api/routes/sessions.js';
import { Closing } from '../../../src/api/shutdown.js';
import { createClaim } from '../../../src/api/voice-claim.js';
import { serveUpgrades } from '../../../src/api/voice-upgrade.js';
import { createCipher } from '../../../src/config/cipher.js';
import { loadConfig } from '../../../src/config/load.js';
import { openPool } from '../../../src/db/pool.js';
import type { CallId } from '../../../src/domain/ids.js';
import { bytesFromSamples } from '../../../src/voice/audio/pcm.js';
import type { Recorder } from '../../../src/voice/recording/recorder.js';
import { defaultSessionOptions } from '../../../src/voice/session/options.js';
import { createCallRegistry } from '../../../src/voice/session/registry.js';
import { FRAME_MS } from '../../../src/voice/ports.js';
import { createNativeTransport } from '../../../src/voice/transports/native/native-transport.js';
import { twoFirms } from '../../db/support/firm.js';
import { eventually } from '../../support/eventually.js';
import { silentLogger } from '../../support/log.js';
import { freshDatabase } from '../../support/servers.js';
import { scriptedEars, scriptedModel } from '../../voice/session/support/line.js';
import { bearer, testApp } from './app.js';

export interface RecordedEdge {
  pool: Pool;
  directory: string;
  recorder: Recorder | undefined;
  /** @param roles of a person of firm A, unless another is named. */
  ask(
    path: string,
    roles?: ('ADMIN' | 'STAFF' | 'READ_ONLY')[],
    method?: string,
    tenantId?: string,
  ): Promise<Response>;
  /** Opens a session of firm A and its call, and waits for the greeting. */
  dial(): Promise<Line>;
  close(): Promise<void>;
}

export interface Line {
  callId: CallId;
  /** What the agent has said so far. */
  said(): string;
  /** A typed turn and the whole reply to it. */
  say(text: string): Promise<void>;
  /** Frames of the caller at one level, which the detector takes for silence. */
  hum(level: number, frames: number): void;
  /** Speaks so many frames at `VOICE_LEVEL`, in their time, and is silent until the whole reply has come. */
  speak(frames: number): Promise<void>;
  hangUp(): Promise<void>;
}

/** The level of the agent's voice, in 100 ms for each clause. */
export const AGENT_LEVEL = 1_000;

/** What the detector takes for speech. */
export const VOICE_LEVEL = 6_000;

/** @param words what is understood of each thing the callers speak, in order. */
export async function recordedEdge(
  env: Record<string, string> = {},
  words: readonly string[] = [],
): Promise<RecordedEdge> {
  const closing = new Closing();
  const database = await freshDatabase();
  closing.add('database', 5_000, () => database.drop());
  const pool = openPool(database.appUrl, 5, () => undefined);
  closing.add('pool', 5_000, () => pool.end());
  await twoFirms(pool);
  const directory = await mkdtemp(join(tmpdir(), 'recorded-edge-'));
  closing.add('directory', 5_000, () => rm(directory, { recursive: true, force: true }));
  const config = loadConfig({ HERMES_DATA_DIR: directory, ...env });
  const cipher = createCipher(createHash('sha256').update('test').digest());
  const recorder = await openRecordings({ config, pool, logger: silentLogger, cipher, closing });
  const registry = createCallRegistry({ maxCalls: 10 });
  const native = createNativeTransport({
    claim: createClaim({
      pool,
      registry,
      firms: createCallFirms(pool),
      agentFor: recorder ? createAgent : createUnrecordedAgent,
    }),
    registry,
    options: defaultSessionOptions,
    call: {
      providers: {
        stt: scriptedEars(words),
        llm: scriptedModel,
        tts: {
          name: 'tone',
          async *speak() {
            yield await Promise.resolve(new Int16Array(1_600).fill(AGENT_LEVEL));
          },
          close: () => Promise.resolve(),
        },
      },
      createVad: () => ({ isVoiced: (frame) => frame[0] === VOICE_LEVEL, close: () => undefined }),
      journal: { append: () => undefined },
      timing: { record: () => undefined, recordError: () => undefined },
      filter: () => true,
      logger: silentLogger,
      nowMs: () => performance.now(),
      epochMs: Date.now,
      ...(recorder && { recorder }),
    },
  });
  const app = await testApp({ pool, recordings: recorder });
  const cut = serveUpgrades(app.server, { transports: { [NATIVE_STREAM_PATH]: native }, maxSockets: 10 });
  closing.add('http', 5_000, () => (cut(), app.close()));
  closing.add('calls', 5_000, () => registry.closeAll(2_000));
  await app.listen({ host: '127.0.0.1', port: 0 });
  const origin = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;

  const ask: RecordedEdge['ask'] = async (path, roles = ['STAFF'], method = 'GET', tenantId = 'firm-a') =>
    fetch(origin + path, { method, headers: await bearer({ tenantId, roles }) });
  const dial = async (): Promise<Line> => {
    const opened = await ask('/api/v1/voice/session', ['STAFF'], 'POST');
    const session = (await opened.json()) as { session_id: CallId; token: string };
    return talkOn(`${origin.replace('http', 'ws')}${NATIVE_STREAM_PATH}`, session);
  };
  return { pool, directory, recorder, ask, dial, close: () => closing.run(silentLogger) };
}

async function talkOn(url: string, session: { session_id: CallId; token: string }): Promise<Line> {
  const socket = new WebSocket(url);
  const messages: { type: string; text?: string }[] = [];
  socket.on('message', (data: Buffer, isBinary) => {
    if (!isBinary) messages.push(JSON.parse(data.toString()) as { type: string });
  });
  await new Promise((resolve) => socket.once('open', resolve));
  const replies = (): number => messages.filter(({ type }) => type === 'reply_done').length;
  const nextReply = (before: number): Promise<unknown> =>
    eventually(() => replies() > before, { withinMs: 10_000, everyMs: 5, what: 'a reply' });
  const send = (message: object): void => socket.send(JSON.stringify(message));
  send({ type: 'start', token: session.token });
  await nextReply(0);
  const frame = (level: number): Uint8Array => bytesFromSamples(new Int16Array(320).fill(level));
  return {
    callId: session.session_id,
    said: () => messages.flatMap(({ type, text }) => (type === 'reply_done' ? [text] : [])).join(' '),
    async say(text) {
      const before = replies();
      send({ type: 'text', text });
      await nextReply(before);
    },
    hum(level, frames) {
      for (let n = 0; n < frames; n++) socket.send(frame(level));
    },
    async speak(frames) {
      const before = replies();
      let sent = 0;
      const clock = setInterval(() => socket.send(frame(sent++ < frames ? VOICE_LEVEL : 0)), FRAME_MS);
      await nextReply(before).finally(() => clearInterval(clock));
    },
    async hangUp() {
      const closed = new Promise((resolve) => socket.once('close', resolve));
      send({ type: 'end' });
      await closed;
    },
  };
}
