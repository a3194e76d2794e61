import {
  type Client,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import type { Pool } from 'pg';
import { ownWriteRevisions } from '../../db/dead-letters.js';
import type { TenantId } from '../../domain/ids.js';
import type { Logger } from '../../telemetry/logger.js';
import { resolveWrite } from '../../workflows/messages.js';

/** What became of one retry. `detail` says more in words. */
export interface RetryResult {
  workflowId: string;
  result: 'retried' | 'proposed' | 'not_parked' | 'not_found' | 'failed';
  detail?: string;
}

export interface RetryRequest {
  tenantId: TenantId;
  workflowIds: readonly string[];
  /** Subject of the person's token; stands in the workflow's history. */
  actor: string;
  reason: string;
}
export type RetryDeadLetters = (request: RetryRequest) => Promise<RetryResult[]>;

/** An update needs a worker to answer; without one the person should hear so before a browser gives up. */
const UPDATE_DEADLINE_MS = 5_000;
/** Updates in flight for one request: 100 ids against a dead worker take 25 s, and a live one is not flooded. */
const CONCURRENCY = 20;

/**
 * Retries parked writes by their workflows' own `resolve` update. The update's id is made of the revision the
 * projection shows, so two people who press the button at once, or one who presses it twice, cause one retry.
 */
export function createRetry(deps: { pool: Pool; temporal: Client; logger: Logger }): RetryDeadLetters {
  return async (request) => {
    const revisions = await ownWriteRevisions(deps.pool, request.tenantId, request.workflowIds);
    const queue = [...new Set(request.workflowIds)];
    const results = new Map<string, RetryResult>();
    const drain = async (): Promise<void> => {
      for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
        const revision = revisions.get(id);
        results.set(
          id,
          revision === undefined
            ? { workflowId: id, result: 'not_found' }
            : await retryOne(deps, request, id, revision),
        );
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, drain));
    return request.workflowIds.flatMap((id) => results.get(id) ?? []);
  };
}

async function retryOne(
  { temporal, logger }: { temporal: Client; logger: Logger },
  { actor, reason }: RetryRequest,
  workflowId: string,
  revision: number,
): Promise<RetryResult> {
  try {
    const decision = { action: 'retry' as const, actor, reason, expectedRevision: revision };
    const state = await temporal.withDeadline(Date.now() + UPDATE_DEADLINE_MS, () =>
      temporal.workflow
        .getHandle(workflowId)
        .executeUpdate(resolveWrite, { args: [decision], updateId: `retry-r${revision}` }),
    );
    return state.proposal === undefined
      ? { workflowId, result: 'retried' }
      : { workflowId, result: 'proposed', detail: 'The firm wants a second person to approve it.' };
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError)
      return {
        workflowId,
        result: 'not_parked',
        detail: 'The write no longer waits, or somebody has just decided.',
      };
    if (error instanceof WorkflowNotFoundError)
      return { workflowId, result: 'not_parked', detail: 'The write is already over.' };
    logger.warn({ err: error, workflowId }, 'retry of a dead letter failed');
    const unanswered = error instanceof WorkflowUpdateRPCTimeoutOrCancelledError;
    return {
      workflowId,
      result: 'failed',
      detail: unanswered
        ? 'No worker answered in 5 s; the decision may still be carried out. Ask again to find out: it is done once.'
        : 'Temporal could not be asked. Nothing was changed; try again.',
    };
  }
}
