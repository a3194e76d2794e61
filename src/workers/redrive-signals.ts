/** How a redrive job speaks to writes. Works inside activities only: it goes through their worker's client. */
import { getClient } from '@temporalio/activity';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { RedriveDeps } from '../activities/redrive.js';
import { redriveWrite } from '../workflows/messages.js';

const DEADLINE_MS = 5_000;

export const tellWrite: RedriveDeps['tell'] = async (workflowId, order) => {
  const client = getClient();
  try {
    await client.withDeadline(Date.now() + DEADLINE_MS, () =>
      client.workflow.getHandle(workflowId).signal(redriveWrite, order),
    );
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
};
