/** Watching over payments: by the clock for all firms, and for one firm when LawPay tells of something. */
import { isCancellation, log, proxyActivities, setHandler } from '@temporalio/workflow';
import type { PaymentWatchActivities } from '../activities/lawpay/watch-contracts.js';
import type { TenantId } from '../domain/ids.js';
import { taskQueues } from './messages.js';
import { eventsCame, type WatchInput } from './payment-messages.js';

const { paymentFirms, readEvents, pollEvents, comparePayments } = proxyActivities<PaymentWatchActivities>({
  taskQueue: taskQueues.lawpay,
  // A month of a busy firm is some dozens of pages, at the firm's pace.
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '10 s',
  retry: { maximumAttempts: 3, initialInterval: '10 s', maximumInterval: '1 minute' },
});

/** One firm that cannot be reached keeps no other from being looked after; the next run tries it again. */
export async function watchPayments({ task }: WatchInput): Promise<{ firms: number; failed: number }> {
  const firms = await paymentFirms();
  let failed = 0;
  for (const tenantId of firms) {
    try {
      await (task === 'poll' ? pollEvents({ tenantId }) : comparePayments({ tenantId }));
    } catch (error) {
      if (isCancellation(error)) throw error;
      failed += 1;
      log.warn('the payments of a firm could not be looked after', { tenantId, task });
    }
  }
  return { firms: firms.length, failed };
}

/** Looks into a firm's events until none is left; what comes meanwhile is looked into too. */
export async function paymentEvents({ tenantId }: { tenantId: TenantId }): Promise<number> {
  let more = true;
  let read = 0;
  setHandler(eventsCame, () => {
    more = true;
  });
  while (more) {
    more = false;
    const count = await readEvents({ tenantId });
    read += count;
    if (count > 0) more = true;
  }
  return read;
}
