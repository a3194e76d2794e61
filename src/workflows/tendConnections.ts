/** Looks after the firms' connections: started by a schedule, and for one firm when it has just connected. */
import { proxyActivities } from '@temporalio/workflow';
import type { TendActivities, Tended, TendInput } from '../activities/tend-contracts.js';
import { taskQueues } from './messages.js';

const { tendConnections: tend } = proxyActivities<TendActivities>({
  taskQueue: taskQueues.clio,
  // Fifty firms that all have five subscriptions to make, at the pace of one firm's token each.
  startToCloseTimeout: '15 minutes',
  heartbeatTimeout: '30 s',
  retry: { maximumAttempts: 3, initialInterval: '10 s' },
  // After everything that somebody waits for.
  priority: { priorityKey: 5 },
});

export async function tendConnections(input: TendInput = {}): Promise<Tended> {
  const sum: Tended = { firms: 0, webhooks: 0, failed: 0 };
  let after: TendInput['after'];
  do {
    const part = await tend({ ...input, ...(after !== undefined && { after }) });
    sum.firms += part.firms;
    sum.webhooks += part.webhooks;
    sum.failed += part.failed;
    after = part.next;
  } while (after !== undefined);
  return sum;
}
