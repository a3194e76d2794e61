import type { Client } from '@temporalio/client';
import type { TenantId } from '../../domain/ids.js';
import type { Logger } from '../../telemetry/logger.js';
import { eventsCame, paymentEventsStart, paymentEventsType } from '../../workflows/payment-messages.js';

const DEADLINE_MS = 5_000;

/** Has a firm's events looked into now. When Temporal is away, the next poll does it. */
export const createEventsLine =
  ({ temporal, logger }: { temporal: Client; logger: Logger }) =>
  async (tenantId: TenantId): Promise<void> => {
    try {
      await temporal.withDeadline(Date.now() + DEADLINE_MS, () =>
        temporal.workflow.signalWithStart(paymentEventsType, {
          ...paymentEventsStart(tenantId),
          signal: eventsCame,
          signalArgs: [],
        }),
      );
    } catch (err) {
      logger.warn({ err, tenantId }, 'events of LawPay wait for the next poll');
    }
  };
