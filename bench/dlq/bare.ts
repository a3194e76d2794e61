/** What this server and this machine give at best: bare workflows woken by the same signals. */
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { NativeConnection, Runtime, DefaultLogger, Worker } from '@temporalio/worker';
import type { DlqSite } from './site.js';

const TASK_QUEUE = 'bench-bare';
/** As many under way as an uncapped redrive job has. */
const UNDER_WAY = 200;
/** As many kept in memory as the product's worker keeps: others are replayed when they are woken, as parked writes are. */
const CACHED = 500;

export interface BareWorkflows {
  /** Starts so many that then wait, as parked writes do. */
  prepare(count: number): Promise<void>;
  /** Wakes so many of those that wait. @returns workflows a second, from the first signal to the last end. */
  wake(count: number): Promise<number>;
  close(): Promise<void>;
}

export async function openBare(site: DlqSite): Promise<BareWorkflows> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const connection = await NativeConnection.connect({ address: site.temporalAddress });
  const { namespace } = site.temporal.options;
  const worker = await Worker.create({
    ...{ connection, namespace, taskQueue: TASK_QUEUE, dataConverter: site.dataConverter },
    workflowsPath: fileURLToPath(new URL('./bare-workflow.ts', import.meta.url)),
    bundlerOptions: {
      webpackConfigHook: (config) => ({
        ...config,
        resolve: { ...config.resolve, extensionAlias: { '.js': ['.ts', '.js'] } },
      }),
    },
    activities: { nothing: () => Promise.resolve() },
    maxConcurrentActivityTaskExecutions: 20,
    maxCachedWorkflows: CACHED,
  });
  const running = worker.run();
  const waiting: string[] = [];
  return {
    prepare: async (count) => {
      const ids = Array.from(
        { length: count },
        () => `bare:${site.tenantId}:${randomBytes(8).toString('hex')}`,
      );
      await inParallel(20, ids, (workflowId) =>
        site.temporal.workflow.start('bareWrite', { workflowId, taskQueue: TASK_QUEUE, args: [] }),
      );
      waiting.push(...ids);
    },
    wake: async (count) => {
      const ids = waiting.splice(0, count);
      const begunMs = performance.now();
      await inParallel(UNDER_WAY, ids, async (workflowId) => {
        const handle = site.temporal.workflow.getHandle(workflowId);
        await handle.signal('redrive', { jobId: 'bench' });
        await handle.result();
      });
      return (1_000 * ids.length) / (performance.now() - begunMs);
    },
    close: async () => {
      worker.shutdown();
      await running;
      await connection.close();
    },
  };
}

async function inParallel<T>(
  width: number,
  items: readonly T[],
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  const queue = items.values();
  const drain = async (): Promise<void> => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: width }, drain));
}
