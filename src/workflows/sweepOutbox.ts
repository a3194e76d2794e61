/** Takes up, every minute, what is still to be told to the outside; started by a schedule. */
import { proxyActivities } from '@temporalio/workflow';
import type { OutboxActivities, SweepReport } from '../activities/outgoing/contracts.js';
import { taskQueues } from './messages.js';

const { sweepOutbox: sweep } = proxyActivities<OutboxActivities>({
  taskQueue: taskQueues.core,
  startToCloseTimeout: '5 minutes',
  heartbeatTimeout: '10 s',
  retry: { maximumAttempts: 3, initialInterval: '5 s' },
});

export const sweepOutbox = (): Promise<SweepReport> => sweep();
