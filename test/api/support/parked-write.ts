/** A write that is parked from its first moment: the smallest workflow with the `resolve` update of externalWrite. */
import { ApplicationFailure, condition, defineQuery, setHandler } from '@temporalio/workflow';
import { resolveWrite, type Resolution, type WriteState } from '../../../src/workflows/messages.js';

export async function parkedWrite(revision: number): Promise<void> {
  const decisions: Resolution[] = [];
  setHandler(defineQuery<Resolution[]>('decisions'), () => decisions);
  setHandler(
    resolveWrite,
    (decision): WriteState => {
      decisions.push(decision);
      return { phase: 'retrying', attempts: 5, revision: revision + 1 };
    },
    {
      validator: (decision: Resolution) => {
        if (decision.expectedRevision !== revision || decisions.length > 0)
          throw ApplicationFailure.create({ type: 'DecisionRefused', message: 'no decision is waited for' });
      },
    },
  );
  await condition(() => false);
}
