/** A write that is parked from its first moment: the smallest workflow with the `resolve` update of externalWrite. */
import { ApplicationFailure, condition, defineQuery, setHandler } from '@temporalio/workflow';
import { type Decision, resolveWrite, type WriteState } from '../../../src/workflows/messages.js';

export async function parkedWrite(revision: number): Promise<void> {
  const decisions: Decision[] = [];
  setHandler(defineQuery<Decision[]>('decisions'), () => decisions);
  setHandler(
    resolveWrite,
    (decision): WriteState => {
      decisions.push(decision);
      return { phase: 'retrying', attempts: 5, revision: revision + 1 };
    },
    {
      validator: (decision: Decision) => {
        if (decision.expectedRevision !== revision || decisions.length > 0)
          throw ApplicationFailure.create({ type: 'DecisionRefused', message: 'no decision is waited for' });
      },
    },
  );
  await condition(() => false);
}
