/** The writes of one intake as child workflows that outlive it. */
import {
  CancellationScope,
  ChildWorkflowFailure,
  ParentClosePolicy,
  sleep,
  startChild,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { operationKey, type WriteStep } from '../../domain/ids.js';
import type { StepResult } from '../../domain/intake.js';
import { type Operation, type PayloadOf, type Priority, type WriteRequest } from '../../domain/writes.js';
import { externalWrite } from '../externalWrite.js';
import type { CallIntakeInput, IntakeState, WriteOutcome } from '../messages.js';
import { writeStart } from '../write-start.js';

export interface Steps {
  readonly input: CallIntakeInput;
  readonly priority: Priority;
  readonly writes: IntakeState['writes'];
  readonly results: Partial<Record<WriteStep, StepResult>>;
}

/**
 * Makes one write and waits until it landed or was discarded, however long that takes.
 * @returns the outside system's id, or undefined when a person discarded the write.
 */
export async function makeWrite<O extends Operation>(
  steps: Steps,
  step: WriteStep,
  operation: O,
  payload: PayloadOf<O>,
): Promise<string | undefined> {
  const { tenantId, callId } = steps.input;
  const key = operationKey(callId, step);
  // The payload's type follows the operation's, which the compiler cannot carry into a union.
  const request = { operation, payload, tenantId, callId, key, priority: steps.priority } as WriteRequest;
  steps.writes[step] = 'pending';
  const outcome = await runWrite(steps, request);
  steps.writes[step] = outcome;
  steps.results[step] = resultOf(outcome);
  return outcome.status === 'done' ? outcome.receipt.externalId : undefined;
}

async function runWrite({ input }: Steps, request: WriteRequest): Promise<WriteOutcome> {
  const secondPerson = input.firm.deadLetters?.secondPersonForMoney;
  for (;;) {
    try {
      const child = await startChild(externalWrite, {
        ...writeStart({ request, ladder: input.ladder, ...(secondPerson && { secondPerson }) }),
        // A write outlives an intake that somebody terminates.
        parentClosePolicy: ParentClosePolicy.ABANDON,
      });
      return await child.result();
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError) {
        // A reset of this intake meets its own, still open write. Its receipt is found once it has closed.
        await sleep('1 minute');
        continue;
      }
      // A cancelled child arrives as a ChildWorkflowFailure; only our own cancellation ends the intake.
      if (error instanceof ChildWorkflowFailure && !CancellationScope.current().consideredCancelled)
        return { status: 'discarded', reason: 'The write was ended in Temporal.', actor: 'operator' };
      throw error;
    }
  }
}

function resultOf(outcome: WriteOutcome): StepResult {
  if (outcome.status === 'discarded')
    return { status: 'discarded', because: `Discarded by ${outcome.actor}: ${outcome.reason}` };
  const { externalId, url } = outcome.receipt;
  return { status: 'done', externalId, ...(url !== undefined && { url }) };
}

/** Notes why a step that was due will not happen. */
export function leaveOut(steps: Steps, step: WriteStep, because: string): void {
  steps.results[step] = { status: 'not_started', because };
}
