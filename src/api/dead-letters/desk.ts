import {
  type Client,
  QueryNotRegisteredError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
} from '@temporalio/client';
import type { Logger } from '../../telemetry/logger.js';
import {
  type Resolution,
  resolveWrite,
  type WriteContent,
  writeContent,
  type WriteState,
} from '../../workflows/messages.js';
import { ProblemError } from '../problems.js';
import type { UpdateIds } from './update-ids.js';

/** What a write sends, whole. */
export type Content = Pick<WriteContent, 'operation' | 'payload' | 'proposed'>;

/** Where decisions about one write are handed in, and its content is asked for. */
export interface DecisionDesk {
  /** Privileged: the whole payload. @throws ProblemError `decision_refused` when the write is over, `writes_unavailable` */
  content(workflowId: string): Promise<Content>;
  /** @throws ProblemError `decision_refused` with the workflow's own words, `writes_unavailable` */
  decide(workflowId: string, resolution: Resolution): Promise<WriteState>;
}

/** An update needs a worker to answer; without one the person should hear so before a browser gives up. */
const DEADLINE_MS = 5_000;

/** @param deps.updateIds the same decision handed in twice counts once; another one is judged by itself. */
export function createDecisionDesk(deps: AskDeps & { updateIds: UpdateIds }): DecisionDesk {
  const { workflow } = deps.temporal;
  return {
    content: (workflowId) => ask(deps, workflowId, () => workflow.getHandle(workflowId).query(writeContent)),
    decide: (workflowId, resolution) =>
      ask(deps, workflowId, () =>
        workflow.getHandle(workflowId).executeUpdate(resolveWrite, {
          args: [resolution],
          updateId: deps.updateIds(workflowId, resolution),
        }),
      ),
  };
}

export interface AskDeps {
  temporal: Client;
  logger: Logger;
}

/** Asks one workflow within the deadline. @throws ProblemError `decision_refused`, `writes_unavailable` */
export async function ask<T>(
  { temporal, logger }: AskDeps,
  workflowId: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await temporal.withDeadline(Date.now() + DEADLINE_MS, work);
  } catch (error) {
    const problem = problemOf(error);
    if (problem.code === 'writes_unavailable')
      logger.warn({ err: error, workflowId }, 'a workflow could not be asked');
    throw problem;
  }
}

function problemOf(error: unknown): ProblemError {
  const options = { cause: error };
  if (error instanceof WorkflowUpdateFailedError)
    return new ProblemError('decision_refused', error.cause?.message, undefined, options);
  if (error instanceof WorkflowNotFoundError)
    return new ProblemError('decision_refused', 'It is already over.', undefined, options);
  if (error instanceof QueryNotRegisteredError)
    return new ProblemError('decision_refused', 'It cannot show its content.', undefined, options);
  return new ProblemError('writes_unavailable', undefined, undefined, options);
}
