/** Work that Temporal starts by the clock. */
import { type Client, ScheduleAlreadyRunning, ScheduleOverlapPolicy } from '@temporalio/client';
import { taskQueues } from '../workflows/messages.js';

const RECONCILE_ID = 'reconcile-writes';

/**
 * Makes the schedules, or brings them up to date. Every worker does it when it starts; they do not mind each other.
 * @param everyMs how often the table of writes is compared with Temporal, milliseconds.
 */
export async function ensureSchedules(client: Client, everyMs: number): Promise<void> {
  const spec = { intervals: [{ every: everyMs }] };
  // After an outage one comparison is enough, however many were missed.
  const policies = { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1 minute' as const };
  const action = {
    type: 'startWorkflow' as const,
    workflowType: 'reconcileWrites',
    workflowId: RECONCILE_ID,
    taskQueue: taskQueues.core,
    args: [],
  };
  try {
    await client.schedule.create({ scheduleId: RECONCILE_ID, spec, policies, action });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    await client.schedule
      .getHandle(RECONCILE_ID)
      .update((known) => ({ ...known, spec, policies: { ...known.policies, ...policies }, action }));
  }
}
