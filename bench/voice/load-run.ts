/** One load on the edge: the generator as a process of its own, the edge's usage before, during and after. */
import { fork, type ChildProcess } from 'node:child_process';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { watchEdge, type EdgeWatch } from './edge-watch.js';
import type { LoadOrder, LoadReport } from './messages.js';
import type { MemorySample } from './live-edge.js';
import { usageOf, type Usage } from './process-usage.js';
import { stallSchedule } from './profiles.js';
import type { BenchSite } from './site.js';

export interface LoadOptions extends Omit<LoadOrder, 'api' | 'token'> {
  stallEveryTurns: number | null;
  /** One line about how it goes. */
  onProgress: (line: string) => void;
  /** Every call has been placed and measuring begins. */
  onMeasuring?: () => void;
  /** The edge has a core to itself: among the rest the generator goes first. Elsewhere it would push the edge aside. */
  favourGenerator?: boolean;
  signal: AbortSignal;
}

/** What came out, not summed up yet. */
export interface LoadOutcome {
  done: Extract<LoadReport, { kind: 'done' }>;
  calls: number;
  /** The edge with nobody on the line, when measuring began, and when it ended. */
  usage: { idle: Usage; from: Usage; to: Usage };
  /** The edge after a full collection: with nobody on the line, and with every call still on it. */
  memory: { idle: MemorySample; loaded: MemorySample };
  measuredMs: number;
  loopDelayP99Ms: number | null;
  stalls: number;
}

const GENERATOR_NICENESS = -10;

/** @throws Error when the generator fails, dies, or the run is interrupted; the generator is gone in every case. */
export async function runLoad(site: BenchSite, options: LoadOptions): Promise<LoadOutcome> {
  options.signal.throwIfAborted();
  const memory = await site.edge.sample();
  const idle = usageOf(site.edgePid());
  const child = fork(join(import.meta.dirname, 'generator.ts'), { execArgv: ['--import', 'tsx'] });
  if (options.favourGenerator) favour(child);
  const stop = (): void => void child.kill('SIGKILL');
  options.signal.addEventListener('abort', stop, { once: true });
  try {
    child.send({ ...orderOf(options), api: site.api, token: site.token } satisfies LoadOrder);
    return await follow(child, site, options, { usage: idle, memory });
  } finally {
    options.signal.removeEventListener('abort', stop);
    stop();
  }
}

/** The generator's clock is what the edge is measured by: where the system lets us, it goes before the other processes of its core. */
function favour(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) setPriority(child.pid, GENERATOR_NICENESS);
  } catch {
    // Without the right to it the generator competes, and says in its account when it could not keep up.
  }
}

/** What the generator needs of it; functions do not cross over. */
const orderOf = (options: LoadOptions): Omit<LoadOrder, 'api' | 'token'> => ({
  transport: options.transport,
  calls: options.calls,
  measureMs: options.measureMs,
  speechMs: options.speechMs,
  silenceMs: options.silenceMs,
  interruptsEvery: options.interruptsEvery,
  hangUpAfterMs: options.hangUpAfterMs,
});

function follow(
  child: ChildProcess,
  site: BenchSite,
  options: LoadOptions,
  idle: { usage: Usage; memory: MemorySample },
): Promise<LoadOutcome> {
  const stallsDue = stallSchedule(options.stallEveryTurns);
  let [from, to, fromMs, toMs, stalls] = [idle.usage, idle.usage, 0, 0, 0];
  let watch: EdgeWatch | undefined;
  return new Promise((resolve, reject) => {
    const finish = async (done: LoadOutcome['done']): Promise<void> => {
      const loopDelayP99Ms = (await watch?.finish()) ?? null;
      resolve({
        done,
        calls: options.calls,
        usage: { idle: idle.usage, from, to },
        memory: { idle: idle.memory, loaded: await site.edge.sample() },
        measuredMs: toMs - fromMs,
        loopDelayP99Ms,
        stalls,
      });
    };
    child.once('exit', () => {
      void watch?.finish();
      reject(new Error('The load generator ended early.'));
    });
    child.on('message', (report: LoadReport) => {
      if (report.kind === 'placing') options.onProgress(`${report.open} of ${options.calls} calls placed`);
      else if (report.kind === 'measuring') {
        [from, fromMs] = [usageOf(site.edgePid()), performance.now()];
        watch = watchEdge(site.api);
        options.onMeasuring?.();
      } else if (report.kind === 'progress') {
        const seconds = ((performance.now() - fromMs) / 1_000).toFixed(0);
        options.onProgress(`${options.calls} calls, ${seconds} s, ${report.turns} turns`);
        for (const route of stallsDue(report.turns)) {
          stalls += 1;
          site.openai.streamFault({ route, kind: 'stall' }).catch(reject);
        }
      } else if (report.kind === 'measured') [to, toMs] = [usageOf(site.edgePid()), performance.now()];
      else if (report.kind === 'done') finish(report).catch(reject);
      else reject(new Error(`The load generator failed: ${report.message}`));
    });
  });
}
