/** What this server and this machine give at best: bare workflows woken by the same signals. */
import { fileURLToPath } from 'node:url';
import { NativeConnection, Runtime, DefaultLogger, Worker } from '@temporalio/worker';
import type { DlqSite } from './site.js';

const TASK_QUEUE = 'bench-bare';
/** As many under way as an uncapped redrive job has. */
const UNDER_WAY = 200;

/** @returns woken workflows a second, from the first signal to the last end. */
export async function bareRate(site: DlqSite, count: number): Promise<number> {
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
  });
  try {
    return await worker.runUntil(() => wakeAll(site, count));
  } finally {
    await connection.close();
  }
}

async function wakeAll({ temporal, tenantId }: DlqSite, count: number): Promise<number> {
  const ids = Array.from({ length: count }, (_, i) => `bare:${tenantId}:${i}`);
  await inParallel(20, ids, (workflowId) =>
    temporal.workflow.start('bareWrite', { workflowId, taskQueue: TASK_QUEUE, args: [] }),
  );
  const begunMs = performance.now();
  await inParallel(UNDER_WAY, ids, async (workflowId) => {
    const handle = temporal.workflow.getHandle(workflowId);
    await handle.signal('redrive', { jobId: 'bench' });
    await handle.result();
  });
  return (1_000 * count) / (performance.now() - begunMs);
}

async function inParallel<T>(
  width: number,
  items: readonly T[],
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  const queue = [...items];
  const drain = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: width }, drain));
}
