/** What this server and this machine give at best: bare workflows of the writes' shape, woken by the same signals. */
import { randomBytes } from 'node:crypto';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { ApplicationFailure } from '@temporalio/activity';
import { NativeConnection, Runtime, DefaultLogger, Worker } from '@temporalio/worker';
import { WORKER_NICENESS } from '../../src/cli/up/parts/application.js';
import { MAX_UNDER_WAY } from '../../src/domain/redrive.js';
import { concurrency, MAX_CACHED_WORKFLOWS } from '../../src/workers/workers.js';
import type { BareActivities, BareInput } from './bare-workflow.js';
import type { DlqSite } from './site.js';
import { writeInput } from './writes.js';

const TASK_QUEUE = 'bench-bare';
/** Of the activities: another than the workflows', as each outside system has, so that none is started with its workflow task. */
const OUTSIDE = 'bench-bare-outside';

export interface BareWorkflows {
  /** Starts so many that then wait, as parked writes do. */
  prepare(count: number): Promise<void>;
  /** Wakes so many of those that wait. @returns activities a second, from the first signal to the end of the last. */
  wake(count: number): Promise<number>;
  /** One that has ended. */
  example: () => string;
  close(): Promise<void>;
}

export async function openBare(site: DlqSite): Promise<BareWorkflows> {
  setPriority(WORKER_NICENESS); // as the product’s worker: threads made from now on inherit it
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const counts = createCounts();
  const connection = await NativeConnection.connect({ address: site.temporalAddress });
  const workers = await createWorkers(site, connection, counts.activities);
  const running = Promise.all(workers.map((worker) => worker.run()));
  const waiting: string[] = [];
  const woken: string[] = [];
  return {
    prepare: async (count) => {
      const ids = Array.from(
        { length: count },
        () => `bare:${site.tenantId}:${randomBytes(10).toString('hex')}`,
      );
      await inParallel(20, ids, async (workflowId) => {
        const input = { ...writeInput(site.tenantId, waiting.length), workflowId, outside: OUTSIDE };
        const options = { workflowId, taskQueue: TASK_QUEUE, args: [input satisfies BareInput] };
        const parked = counts.parked(workflowId);
        await site.temporal.workflow.start('bareWrite', options);
        await parked;
      });
      waiting.push(...ids);
    },
    wake: async (count) => {
      const ids = waiting.splice(0, count);
      woken.push(...ids);
      const begunMs = performance.now();
      await inParallel(MAX_UNDER_WAY, ids, async (workflowId) => {
        const done = counts.done(workflowId);
        const order = { jobId: 'bench', actor: 'bench', reason: 'bench' };
        await site.temporal.workflow.getHandle(workflowId).signal('redrive', order);
        await done;
      });
      return (1_000 * ids.length) / (performance.now() - begunMs);
    },
    example: () => woken[0] ?? '',
    close: async () => {
      for (const worker of workers) worker.shutdown();
      await running;
      await connection.close();
    },
  };
}

/**
 * The activities, and when each workflow has come to its own: told by them, as a write's row is, so that nothing is asked
 * of the server for it.
 */
function createCounts() {
  const waiting = new Map<string, () => void>();
  const reached = (step: string): Promise<void> =>
    new Promise((resolve) => {
      waiting.set(step, resolve);
    });
  const tell = (step: string): void => {
    waiting.get(step)?.();
    waiting.delete(step);
  };
  const activities = {
    attempt: ({ workflowId, attemptsBefore }: Parameters<BareActivities['attempt']>[0]) => {
      if (attemptsBefore === 0)
        throw ApplicationFailure.create({ type: 'invalid', message: 'refused', nonRetryable: true });
      tell(`${workflowId} done`);
      const receipt = { externalId: '4711', landedBy: 'created', atMs: Date.now() };
      return Promise.resolve({ receipt, attempts: attemptsBefore + 1 });
    },
    told: ({ workflowId }: { workflowId: string }) => {
      tell(`${workflowId} parked`);
      return Promise.resolve({ secondPerson: false });
    },
  };
  return {
    activities,
    parked: (id: string) => reached(`${id} parked`),
    done: (id: string) => reached(`${id} done`),
  };
}

function createWorkers(
  { temporal, dataConverter }: DlqSite,
  connection: NativeConnection,
  { attempt, told }: ReturnType<typeof createCounts>['activities'],
): Promise<Worker[]> {
  const base = { connection, namespace: temporal.options.namespace, dataConverter };
  const workflows = Worker.create({
    ...{ ...base, taskQueue: TASK_QUEUE, activities: { told }, maxCachedWorkflows: MAX_CACHED_WORKFLOWS },
    workflowsPath: fileURLToPath(new URL('./bare-workflow.ts', import.meta.url)),
    bundlerOptions: {
      webpackConfigHook: (config) => ({
        ...config,
        resolve: { ...config.resolve, extensionAlias: { '.js': ['.ts', '.js'] } },
      }),
    },
  });
  const outside = Worker.create({
    ...{
      ...base,
      taskQueue: OUTSIDE,
      activities: { attempt },
      maxConcurrentActivityTaskExecutions: concurrency.clio,
    },
  });
  return Promise.all([workflows, outside]);
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
