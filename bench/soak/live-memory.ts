/** What a process really holds: its own account after a full collection, asked through V8's inspector. */
import WebSocket from 'ws';
import { z } from 'zod';

const Targets = z.tuple([z.object({ webSocketDebuggerUrl: z.string() })]).rest(z.unknown());
const Answer = z.object({
  id: z.number().optional(),
  result: z.object({ result: z.object({ value: z.string() }).optional() }).optional(),
});
const Memory = z.object({ heapUsed: z.number(), external: z.number(), rss: z.number() });

export interface MemorySample {
  /** Live heap and what it holds outside of it (buffers, WebAssembly). */
  heldBytes: number;
  /** The process's resident memory. */
  rssBytes: number;
}

export interface LiveMemory {
  /** Collects garbage there (some 50 ms in which its event loop stands still) and asks. */
  sample(): Promise<MemorySample>;
  close(): void;
}

const OPENS_WITHIN_MS = 10_000;
const ANSWERS_WITHIN_MS = 30_000;

/**
 * Opens the inspector of a Node process that was started with `--inspect-port`.
 * @throws Error when it does not open within 10 s.
 */
export async function openLiveMemory(pid: number, port: number): Promise<LiveMemory> {
  process.kill(pid, 'SIGUSR1');
  const socket = new WebSocket(await addressOf(port), { perMessageDeflate: false });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  const waiting = new Map<number, (value: string) => void>();
  socket.on('message', (data: Buffer) => {
    const { id, result } = Answer.parse(JSON.parse(data.toString()));
    if (id === undefined) return;
    waiting.get(id)?.(result?.result?.value ?? '');
    waiting.delete(id);
  });
  let last = 0;
  const ask = (method: string, params: object = {}): Promise<string> =>
    new Promise((resolve, reject) => {
      const id = (last += 1);
      const timer = setTimeout(
        () => reject(new Error(`The edge did not answer ${method}.`)),
        ANSWERS_WITHIN_MS,
      );
      waiting.set(id, (value) => {
        clearTimeout(timer);
        resolve(value);
      });
      socket.send(JSON.stringify({ id, method, params }));
    });
  return {
    async sample() {
      await ask('HeapProfiler.collectGarbage');
      const expression = 'JSON.stringify(process.memoryUsage())';
      const { heapUsed, external, rss } = Memory.parse(
        JSON.parse(await ask('Runtime.evaluate', { expression })),
      );
      return { heldBytes: heapUsed + external, rssBytes: rss };
    },
    close: () => socket.terminate(),
  };
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
