/** Starting a write from outside a workflow. */
import type { Client } from '@temporalio/client';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { workflowTypes, type ExternalWriteInput } from './messages.js';
import { writeStart } from './write-start.js';

/**
 * Starts a write; one that was started already, running or over, is left as it is.
 * @throws when Temporal cannot be asked; trying again does no harm.
 */
export async function startOnce(client: Client, input: ExternalWriteInput): Promise<void> {
  try {
    await client.workflow.start(workflowTypes.externalWrite, {
      ...writeStart(input),
      // Also when it is over by now: what is done is not done again.
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
