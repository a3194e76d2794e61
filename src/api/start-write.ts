import type { Client } from '@temporalio/client';
import { WorkflowIdReusePolicy } from '@temporalio/common';
import type { LadderPolicy } from '../domain/ladder.js';
import type { WriteRequest } from '../domain/writes.js';
import type { Logger } from '../telemetry/logger.js';
import { workflowTypes } from '../workflows/messages.js';
import { writeStart } from '../workflows/write-start.js';
import { ask } from './dead-letters/desk.js';

/** Starts one write. @returns its workflow id. @throws ProblemError `writes_unavailable` */
export type StartWrite = (request: WriteRequest, ladder: LadderPolicy) => Promise<string>;

export const createStartWrite =
  (deps: { temporal: Client; logger: Logger }): StartWrite =>
  async (request, ladder) => {
    const start = writeStart({ request, ladder });
    await ask(deps, start.workflowId, () =>
      deps.temporal.workflow.start(workflowTypes.externalWrite, {
        ...start,
        workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
      }),
    );
    return start.workflowId;
  };
