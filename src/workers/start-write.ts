/** How activities start writes. Works inside activities only: it goes through their worker's client. */
import { getClient } from '@temporalio/activity';
import { WorkflowExecutionAlreadyStartedError, WorkflowIdReusePolicy } from '@temporalio/common';
import type { LadderPolicy } from '../domain/ladder.js';
import type { WriteRequest } from '../domain/writes.js';
import { workflowTypes } from '../workflows/messages.js';
import { writeStart } from '../workflows/write-start.js';

const DEADLINE_MS = 5_000;

/** Starts a write; one that was started already, running or over, is left as it is. */
export async function startWrite(request: WriteRequest, ladder: LadderPolicy): Promise<void> {
  const client = getClient();
  try {
    await client.withDeadline(Date.now() + DEADLINE_MS, () =>
      client.workflow.start(workflowTypes.externalWrite, {
        ...writeStart({ request, ladder }),
        workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
      }),
    );
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
