/** What is fuzzed: every transport with real sessions behind it, on a real port of this process. */
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import pino from 'pino';
import { createAgent, mayBeSpoken } from '../../src/api/agent.js';
import { demoFirm } from '../../src/cli/up/parts/demo-firm.js';
import { createVad, loadVad } from '../../src/voice/audio/vad.js';
import type { CallJournal } from '../../src/voice/ports.js';
import { defaultSessionOptions } from '../../src/voice/session/options.js';
import { createCallRegistry } from '../../src/voice/session/registry.js';
import { createNativeTransport } from '../../src/voice/transports/native/native-transport.js';
import type { Claim, TransportDeps } from '../../src/voice/transports/transport-deps.js';
import { openTwilioTransport } from '../../src/voice/transports/twilio/twilio-transport.js';
import type { Transport } from '../../src/voice/transports/upgrades.js';
import { createDice } from './dice.js';
import { createEngines } from './engines.js';

/** Time on these calls passes so much faster than on a clock: audio may come as fast as a socket carries it. */
const CLOCK_SPEED = 40;
const TOKEN = /^fuzz-(\d{1,15})$/;

export interface FuzzedEdge {
  /** WebSocket address of a transport. */
  url(transport: string): string;
  /** A token that opens one call. */
  token(): string;
  /** Everything that must be zero when nobody is on the line. */
  left(): Record<string, number>;
  /** Calls that were answered, and the turns that became of them, the agent's included. */
  readonly counts: Readonly<{ answered: number; turns: number }>;
  /** Distinct messages of level error or worse: defects that were caught. */
  readonly defects: ReadonlyMap<string, number>;
  close(): Promise<void>;
}

/** @param seed of the engines' moods. */
export async function openFuzzedEdge(seed: number): Promise<FuzzedEdge> {
  await loadVad();
  const { providers, open } = createEngines(createDice(seed));
  const registry = createCallRegistry({ maxCalls: 500 });
  const defects = new Map<string, number>();
  const unfinished = new Set<string>();
  const sockets = new Set<Socket>();
  const counts = { detectors: 0, answered: 0, turns: 0, tokens: 0 };
  const journal: CallJournal = {
    append: ({ callId }, event) => {
      if (event.kind !== 'turn') unfinished.delete(callId);
      else {
        unfinished.add(callId);
        counts.turns += 1;
      }
    },
  };
  const deps: TransportDeps = {
    claim: claims(() => (counts.answered += 1)),
    registry,
    call: {
      providers,
      createVad: () => countedVad(counts),
      journal,
      timing: { record: () => undefined, recordError: () => undefined },
      filter: mayBeSpoken,
      logger: defectLog(defects),
      nowMs: () => performance.now() * CLOCK_SPEED,
      epochMs: Date.now,
    },
    options: {
      ...defaultSessionOptions,
      idleLimitMs: 3_000,
      reconnectWindowMs: 300,
      keyPauseMs: 50,
      sttTimeoutMs: 1_000,
      ttsTimeoutMs: 1_000,
    },
    startTimeoutMs: 500,
  };
  const transports: Record<string, Transport> = {
    native: createNativeTransport(deps),
    twilio: await openTwilioTransport({ ...deps, onEnded: () => Promise.resolve() }),
  };
  const server = createServer();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('upgrade', (request, socket, head) =>
    transports[(request.url ?? '').slice(1)]?.handleUpgrade(request, socket, head),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: (transport) => `ws://127.0.0.1:${port}/${transport}`,
    token: () => `fuzz-${(counts.tokens += 1)}`.padEnd(10, '0'),
    left: () => ({
      sessions: registry.size,
      sockets: sockets.size,
      detectors: counts.detectors,
      unfinished: unfinished.size,
      ...open,
    }),
    counts,
    defects,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** A token opens its call once, a moment later, as a database would say. */
function claims(onAnswered: () => void): (token: string) => Promise<Claim> {
  const agent = createAgent(demoFirm);
  const used = new Set<string>();
  return async (token) => {
    await new Promise((resolve) => setImmediate(resolve));
    const [, number] = TOKEN.exec(token) ?? [];
    if (number === undefined) return { ok: false, why: 'bad_token' };
    if (used.has(token)) return { ok: false, why: 'replayed_token' };
    used.add(token);
    onAnswered();
    const callId = `call_${number.padStart(20, '0')}`;
    return { ok: true, agent, header: { tenantId: demoFirm.tenantId, callId, startedAtMs: Date.now() } };
  };
}

function countedVad(counts: { detectors: number }): ReturnType<typeof createVad> {
  const vad = createVad({ mode: 2 });
  let closed = false;
  counts.detectors += 1;
  return {
    isVoiced: (frame) => vad.isVoiced(frame),
    close() {
      if (!closed) counts.detectors -= 1;
      closed = true;
      vad.close();
    },
  };
}

function defectLog(defects: Map<string, number>): pino.Logger {
  const write = (line: string): void => {
    const { msg, err } = JSON.parse(line) as { msg?: string; err?: { stack?: string } };
    const what = `${msg ?? ''} ${err?.stack?.split('\n').slice(0, 3).join(' ') ?? ''}`;
    defects.set(what, (defects.get(what) ?? 0) + 1);
  };
  return pino({ level: 'error' }, { write });
}
