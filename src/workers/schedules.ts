/** Work that Temporal starts by the clock. */
import { type Client, ScheduleAlreadyRunning, ScheduleOverlapPolicy } from '@temporalio/client';
import { taskQueues, workflowTypes } from '../workflows/messages.js';
import { watchPaymentsType, type WatchInput } from '../workflows/payment-messages.js';

/** How often each is done, milliseconds. */
export interface Rhythm {
  /** The table of writes is compared with Temporal. */
  reconcileMs: number;
  /** LawPay is asked what has happened. */
  paymentPollMs: number;
  /** Our ledger of money is compared with LawPay's. */
  paymentCompareMs: number;
  /** The firms' connections are looked after. */
  tendMs: number;
  /** What is still to be told to the outside is taken up. */
  sweepMs: number;
}

interface Plan {
  /** Also the id of the workflow. */
  id: string;
  workflowType: string;
  args: readonly unknown[];
  everyMs: number;
}

const watch = (input: WatchInput): Pick<Plan, 'workflowType' | 'args'> => ({
  workflowType: watchPaymentsType,
  args: [input],
});
const plansOf = ({ reconcileMs, paymentPollMs, paymentCompareMs, tendMs, sweepMs }: Rhythm): Plan[] => [
  { id: 'reconcile-writes', workflowType: 'reconcileWrites', args: [], everyMs: reconcileMs },
  { id: 'poll-payments', ...watch({ task: 'poll' }), everyMs: paymentPollMs },
  { id: 'compare-payments', ...watch({ task: 'compare' }), everyMs: paymentCompareMs },
  { id: 'tend-connections', workflowType: workflowTypes.tendConnections, args: [{}], everyMs: tendMs },
  { id: 'sweep-outbox', workflowType: 'sweepOutbox', args: [], everyMs: sweepMs },
];

/** Makes the schedules, or brings them up to date. Every worker does it when it starts; they do not mind each other. */
export async function ensureSchedules(client: Client, rhythm: Rhythm): Promise<void> {
  for (const plan of plansOf(rhythm)) await ensure(client, plan);
}

async function ensure(client: Client, { id, workflowType, args, everyMs }: Plan): Promise<void> {
  const spec = { intervals: [{ every: everyMs }] };
  // After an outage one run is enough, however many were missed.
  const policies = { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1 minute' as const };
  const action = {
    ...{ type: 'startWorkflow' as const, workflowType, workflowId: id },
    ...{ taskQueue: taskQueues.core, args: [...args] },
  };
  try {
    await client.schedule.create({ scheduleId: id, spec, policies, action });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    await client.schedule
      .getHandle(id)
      .update((known) => ({ ...known, spec, policies: { ...known.policies, ...policies }, action }));
  }
}
