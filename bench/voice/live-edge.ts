/** The edge's own account of itself, asked through V8's inspector: what it holds after a full collection, and its profile. */
import { type AddressInfo, createServer } from 'node:net';
import WebSocket from 'ws';
import { z } from 'zod';

const Targets = z.tuple([z.object({ webSocketDebuggerUrl: z.string() })]).rest(z.unknown());
const Answer = z.object({
  id: z.number().optional(),
  result: z
    .object({ result: z.object({ value: z.string() }).optional(), profile: z.unknown().optional() })
    .optional(),
});
type Result = z.infer<typeof Answer>['result'];
const Memory = z.object({ heapUsed: z.number(), external: z.number(), rss: z.number() });

export interface MemorySample {
  /** Live heap and what it holds outside of it (buffers, WebAssembly). */
  heldBytes: number;
  /** The process's resident memory. */
  rssBytes: number;
}

export interface LiveEdge {
  /** Collects garbage there (some 50 ms in which its event loop stands still) and asks. */
  sample(): Promise<MemorySample>;
  /** Begins to sample where it spends its time, every millisecond. */
  startProfile(): Promise<void>;
  /** @returns what it spent its time on since, as a `.cpuprofile` that browsers and editors open. */
  takeProfile(): Promise<string>;
  close(): void;
}

const OPENS_WITHIN_MS = 10_000;
const ANSWERS_WITHIN_MS = 30_000;

/** A port for the inspector, to be given to the process as `--inspect-port`. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/**
 * Opens the inspector of a Node process that was started with `--inspect-port`.
 * @throws Error when it does not open within 10 s.
 */
export async function openLiveEdge(pid: number, port: number): Promise<LiveEdge> {
  process.kill(pid, 'SIGUSR1');
  const socket = new WebSocket(await addressOf(port), { perMessageDeflate: false });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  const ask = asker(socket);
  return {
    async sample() {
      await ask('HeapProfiler.collectGarbage');
      const expression = 'JSON.stringify(process.memoryUsage())';
      const answer = await ask('Runtime.evaluate', { expression });
      const { heapUsed, external, rss } = Memory.parse(JSON.parse(answer?.result?.value ?? ''));
      return { heldBytes: heapUsed + external, rssBytes: rss };
    },
    async startProfile() {
      await ask('Profiler.enable');
      await ask('Profiler.setSamplingInterval', { interval: 1_000 });
      await ask('Profiler.start');
    },
    takeProfile: async () => JSON.stringify((await ask('Profiler.stop'))?.profile),
    close: () => socket.terminate(),
  };
}

/** Puts questions to the inspector. @returns a function that rejects when the answer takes longer than 30 s. */
function asker(socket: WebSocket): (method: string, params?: object) => Promise<Result> {
  const waiting = new Map<number, (result: Result) => void>();
  socket.on('message', (data: Buffer) => {
    const { id, result } = Answer.parse(JSON.parse(data.toString()));
    if (id === undefined) return;
    waiting.get(id)?.(result);
    waiting.delete(id);
  });
  socket.on('error', () => socket.terminate());
  let last = 0;
  return (method, params = {}) =>
    new Promise((resolve, reject) => {
      const id = (last += 1);
      const late = (): void => reject(new Error(`The edge did not answer ${method}.`));
      const timer = setTimeout(late, ANSWERS_WITHIN_MS);
      waiting.set(id, (result) => {
        clearTimeout(timer);
        resolve(result);
      });
      socket.send(JSON.stringify({ id, method, params }));
    });
}

async function addressOf(port: number): Promise<string> {
  const deadline = performance.now() + OPENS_WITHIN_MS;
  for (;;) {
    try {
      const answer = await fetch(`http://127.0.0.1:${port}/json`);
      return Targets.parse(await answer.json())[0].webSocketDebuggerUrl;
    } catch (error) {
      if (performance.now() > deadline) throw new Error('The inspector did not open.', { cause: error });
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
