/** Proves, every few minutes, that the list of waiting writes is what Temporal has; started by a schedule. */
import { proxyActivities } from '@temporalio/workflow';
import type { ReconcileActivities, ReconcileReport } from '../activities/reconcile-contracts.js';
import { taskQueues } from './messages.js';

/** Ten thousand waiting writes are ten pages of visibility and one query; those that differ are asked one by one. */
const { reconcileWrites: compare } = proxyActivities<ReconcileActivities>({
  taskQueue: taskQueues.core,
  startToCloseTimeout: '4 minutes',
  heartbeatTimeout: '10 s',
  retry: { maximumAttempts: 3, initialInterval: '5 s' },
});

export const reconcileWrites = (): Promise<ReconcileReport> => compare();
