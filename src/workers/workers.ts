/** The workers of one process: own work, and one per outside system so that its rate is its own. */
import { type NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import type {
  BreakerActivities,
  ConflictActivities,
  IntakeActivities,
  WriteActivities,
} from '../activities/contracts.js';
import type { PaymentWatchActivities } from '../activities/lawpay/watch-contracts.js';
import type { ReconcileActivities } from '../activities/reconcile-contracts.js';
import type { OutboxActivities } from '../activities/outgoing/contracts.js';
import type { RedriveActivities } from '../activities/redrive-contracts.js';
import type { TendActivities } from '../activities/tend-contracts.js';
import { taskQueues } from '../workflows/messages.js';

export interface WorkersOptions {
  connection: NativeConnection;
  namespace: string;
  /** Path of the workflow bundle. */
  bundlePath: string;
  /** Seals payloads; the same one goes to clients, workers and replay. */
  dataConverter: NonNullable<WorkerOptions['dataConverter']>;
  /** The worker deployment this process is a version of; undefined: unversioned. */
  deployment?: { name: string; buildId: string } | undefined;
  activities: {
    core: IntakeActivities & BreakerActivities & RedriveActivities & ReconcileActivities & OutboxActivities;
    clio: WriteActivities & ConflictActivities & TendActivities;
    grow: WriteActivities;
    lawpay: WriteActivities & PaymentWatchActivities;
    webhook: WriteActivities;
    notice: WriteActivities;
  };
}

/**
 * In-flight attempts get this long to finish when the process is told to stop; then they are cancelled, and what ignores
 * that is cut after the force time. Both defaults of the SDK (0, never) are unsafe. Together under the 10 s that the
 * supervisor gives the whole stack.
 */
const shutdown = { shutdownGraceTime: '5 s', shutdownForceTime: '8 s' } as const;

/**
 * Workflows kept in memory. A parked write is not among them for long, and each costs native memory that the heap limit
 * does not see.
 */
export const MAX_CACHED_WORKFLOWS = 500;

/** Attempts at once per process and system; Clio allows 50 requests a minute and firm. */
export const concurrency = { core: 20, clio: 20, grow: 5, lawpay: 10, webhook: 20, notice: 10 } as const;
/** Reports of where writes stand, made by the worker that holds the workflow; each is a transaction of some milliseconds. */
const LOCAL_ACTIVITIES = 20;
/** Pooled database connections that serve them: one per activity, some to spare. */
export const workerPoolSize = 40;

/**
 * With a deployment every workflow moves along to the version that is current: a parked write waits over many releases and
 * must not keep an old one alive. Set here and not in the workflows, because a server refuses it from unversioned workers.
 */
const versioning = (deployment: WorkersOptions['deployment']): Partial<WorkerOptions> =>
  deployment
    ? {
        workerDeploymentOptions: {
          version: { deploymentName: deployment.name, buildId: deployment.buildId },
          useWorkerVersioning: true,
          defaultVersioningBehavior: 'AUTO_UPGRADE',
        },
      }
    : {};

export async function createWorkers(options: WorkersOptions): Promise<Worker[]> {
  const { connection, namespace, bundlePath, dataConverter, activities } = options;
  const base = { connection, namespace, ...shutdown, dataConverter, ...versioning(options.deployment) };
  const serving = (queue: keyof typeof concurrency): Promise<Worker> =>
    Worker.create({
      ...base,
      taskQueue: taskQueues[queue],
      activities: activities[queue],
      maxConcurrentActivityTaskExecutions: concurrency[queue],
      ...(queue === 'core' && {
        workflowBundle: { codePath: bundlePath },
        maxCachedWorkflows: MAX_CACHED_WORKFLOWS,
        maxConcurrentLocalActivityExecutions: LOCAL_ACTIVITIES,
      }),
    });
  return Promise.all([
    serving('core'),
    serving('clio'),
    serving('grow'),
    serving('lawpay'),
    serving('webhook'),
    serving('notice'),
  ]);
}
