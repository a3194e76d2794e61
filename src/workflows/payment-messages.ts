/** What is said to the workflows that watch over payments. Safe to import outside the sandbox. */
import { defineSignal } from '@temporalio/workflow';
import type { TenantId } from '../domain/ids.js';
import { taskQueues } from './messages.js';

/** `poll`: what has happened at LawPay; `compare`: whether the ledgers agree. For all firms, one after the other. */
export interface WatchInput {
  task: 'poll' | 'compare';
}

export const watchPaymentsType = 'watchPayments';
export const paymentEventsType = 'paymentEvents';

/** LawPay has told of something: there are events to look into. */
export const eventsCame = defineSignal('eventsCame');

/** How the reader of one firm's events is started, or told of more. */
export const paymentEventsStart = (tenantId: TenantId) => ({
  workflowId: `payments:${tenantId}:events`,
  taskQueue: taskQueues.core,
  args: [{ tenantId }] as [{ tenantId: TenantId }],
  priority: { fairnessKey: tenantId },
  staticSummary: 'Events of LawPay',
});
