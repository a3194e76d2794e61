/** How activities speak to workflows: the only place outside the edge that sends them messages. */
import { WorkflowNotFoundError } from '@temporalio/client';
import { getClient } from '@temporalio/activity';
import type { BreakerLine } from '../activities/vendor-health.js';
import { breakerClosed, breakerOpened, breakerStart } from '../workflows/breaker-messages.js';
import { wakeWrite, workflowTypes, type Wake } from '../workflows/messages.js';

/** Activities call these inside transactions, which must not stay open while Temporal hangs. */
const DEADLINE_MS = 5_000;

/** Works inside activities only: it speaks through their worker's client. */
export const breakerLine: BreakerLine = {
  opened: async (tenantId, lane, { epoch, waitMs }) => {
    const client = getClient();
    await client.withDeadline(Date.now() + DEADLINE_MS, () =>
      client.workflow.signalWithStart(workflowTypes.breaker, {
        ...breakerStart(tenantId, lane),
        signal: breakerOpened,
        signalArgs: [{ epoch, waitMs }],
      }),
    );
  },
  closed: async (tenantId, lane, { epoch }) => {
    const client = getClient();
    await client.withDeadline(Date.now() + DEADLINE_MS, () =>
      client.workflow.signalWithStart(workflowTypes.breaker, {
        ...breakerStart(tenantId, lane),
        signal: breakerClosed,
        signalArgs: [{ epoch }],
      }),
    );
  },
};

/** Tells a waiting write to go on. Works inside activities only. @returns false when there is no such open workflow. */
export async function wake(workflowId: string, message: Wake): Promise<boolean> {
  const client = getClient();
  try {
    await client.withDeadline(Date.now() + DEADLINE_MS, () =>
      client.workflow.getHandle(workflowId).signal(wakeWrite, message),
    );
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
