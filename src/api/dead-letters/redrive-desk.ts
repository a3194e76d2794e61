import { randomBytes } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { TypedSearchAttributes, type UpdateDefinition } from '@temporalio/common';
import type { Pool } from 'pg';
import { appendAudit } from '../../db/audit.js';
import type { DeadLetterFilter } from '../../db/dead-letter-filter.js';
import { createRedrive, saveRedrive } from '../../db/redrive.js';
import { abortItems } from '../../db/redrive-items.js';
import { withTenant } from '../../db/tenant.js';
import { redriveWorkflowId, type TenantId } from '../../domain/ids.js';
import type { RedriveSettings } from '../../domain/redrive.js';
import type { Logger } from '../../telemetry/logger.js';
import { taskQueues } from '../../workflows/messages.js';
import { attributeKeys } from '../../workflows/search-attributes.js';
import {
  abortRedrive,
  pauseRedrive,
  REDRIVE_TYPE,
  resumeRedrive,
  setRedriveRate,
  type RedriveInput,
  type RedriveOrderBy,
  type RedriveProgress,
} from '../../workflows/redrive-messages.js';
import { ProblemError } from '../problems.js';
import { ask } from './desk.js';

export interface NewRedrive extends RedriveSettings {
  tenantId: TenantId;
  name: string;
  filter: DeadLetterFilter;
  actor: string;
  reason: string;
}
export type RedriveOrder =
  | ({ kind: 'pause' | 'resume' | 'abort' } & RedriveOrderBy)
  | ({ kind: 'setRate'; ratePerSecond?: number | null; budget?: number | null } & RedriveOrderBy);

/** Where redrive jobs are made and steered. */
export interface RedriveDesk {
  /** Freezes the target set and starts. @throws ProblemError `name_taken`, `writes_unavailable` */
  start(job: NewRedrive): Promise<{ jobId: string; total: number }>;
  /** @throws ProblemError `decision_refused` with the job's own words, `writes_unavailable` */
  order(tenantId: TenantId, jobId: string, order: RedriveOrder): Promise<RedriveProgress>;
}

const updates: Record<'pause' | 'resume' | 'abort', UpdateDefinition<RedriveProgress, [RedriveOrderBy]>> = {
  pause: pauseRedrive,
  resume: resumeRedrive,
  abort: abortRedrive,
};

export function createRedriveDesk(deps: { pool: Pool; temporal: Client; logger: Logger }): RedriveDesk {
  return {
    start: async (job) => {
      const jobId = `rd_${randomBytes(8).toString('hex')}`;
      const total = await freeze(deps.pool, job, jobId);
      await startWorkflow(deps, { ...job, jobId, total });
      return { jobId, total };
    },
    order: (tenantId, jobId, { kind, ...order }) => {
      const workflowId = redriveWorkflowId(tenantId, jobId);
      const handle = deps.temporal.workflow.getHandle(workflowId);
      return ask(deps, workflowId, () =>
        kind === 'setRate'
          ? handle.executeUpdate(setRedriveRate, { args: [order] })
          : handle.executeUpdate(updates[kind], { args: [order] }),
      );
    },
  };
}

async function freeze(pool: Pool, job: NewRedrive, jobId: string): Promise<number> {
  const { tenantId, name, filter, actor, reason, ratePerSecond, budget, canary } = job;
  const total = await withTenant(pool, tenantId, async (scope) => {
    const frozen = await createRedrive(scope, tenantId, { ...job, jobId, createdBy: actor });
    if (frozen === undefined) return undefined;
    await appendAudit(scope, {
      ...{ tenantId, actor, reason },
      eventId: `${redriveWorkflowId(tenantId, jobId)}/create`,
      atMs: Date.now(),
      action: 'redrive.create',
      subject: `redrive:${jobId}`,
      details: { name, filter, total: frozen, ratePerSecond, budget, canary },
    });
    return frozen;
  });
  if (total === undefined) throw new ProblemError('name_taken', `A redrive job is called “${name}”.`);
  return total;
}

async function startWorkflow(
  deps: { pool: Pool; temporal: Client; logger: Logger },
  job: NewRedrive & { jobId: string; total: number },
): Promise<void> {
  const { tenantId, jobId, name, actor, reason, total, ratePerSecond, budget, canary, ramp } = job;
  const workflowId = redriveWorkflowId(tenantId, jobId);
  const input: RedriveInput = {
    ...{ tenantId, jobId, name, actor, total, ratePerSecond, budget, canary, ramp },
    reason: `redrive job “${name}”: ${reason}`,
  };
  try {
    await ask(deps, workflowId, () =>
      deps.temporal.workflow.start(REDRIVE_TYPE, {
        workflowId,
        taskQueue: taskQueues.core,
        args: [input],
        // Steering must get through while what it steers is queued.
        priority: { priorityKey: 1, fairnessKey: tenantId },
        staticSummary: `Redrive of ${total} writes`,
        typedSearchAttributes: new TypedSearchAttributes([{ key: attributeKeys.tenant, value: tenantId }]),
      }),
    );
  } catch (error) {
    await withTenant(deps.pool, tenantId, async (scope) => {
      const because = 'it could not be started';
      await saveRedrive(scope, tenantId, { jobId, state: 'aborted', because, ratePerSecond, budget });
      await abortItems(scope, tenantId, jobId);
    });
    throw error;
  }
}
