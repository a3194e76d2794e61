/** What is fuzzed: every transport with real sessions behind it, on a real port of this process. */
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import pino from 'pino';
import { mayBeSpoken } from '../../src/api/agent.js';
import { createVad, loadVad } from '../../src/voice/audio/vad.js';
import type { CallJournal } from '../../src/voice/ports.js';
import { defaultSessionOptions } from '../../src/voice/session/options.js';
import { createCallRegistry } from '../../src/voice/session/registry.js';
import type { TransportDeps } from '../../src/voice/transports/transport-deps.js';
import { createDice } from './dice.js';
import { claims } from './claims.js';
import { createEngines } from './engines.js';
import { openTransports } from './transports.js';

/** Time on these calls passes so much faster than on a clock: audio may come as fast as a socket carries it. */
const CLOCK_SPEED = 40;

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
  const transports = await openTransports(deps);
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
