import { z } from 'zod';
import { findRedrive } from '../../../db/redrive.js';
import { withTenant } from '../../../db/tenant.js';
import type { TenantId } from '../../../domain/ids.js';
import type { RedriveProgress } from '../../../workflows/redrive-messages.js';
import type { App } from '../../app-types.js';
import { identityOf } from '../../plugins/auth.js';
import { problemAnswers } from '../../plugins/openapi.js';
import { ProblemError } from '../../problems.js';
import type { DeadLetterDeps } from './deps.js';
import { JobId, JobState, paceFields } from './redrive-shapes.js';
import { Reason } from './shapes.js';

const params = z.object({ job_id: JobId });
const Ordered = z
  .object({
    job_id: z.string(),
    state: JobState,
    because: z.string().nullable(),
    ...paceFields,
    total: z.int(),
    sent: z.int().describe('Told to try so far.'),
  })
  .describe('The job as it is now.');

const summaries = {
  pause: 'Stop a job for now',
  resume: 'Let a paused job go on, from one a second',
  abort: 'Stop a job for good; what was not told yet never will be',
} as const;

/** Steering a job. Each order takes effect within a second and is in the audit log. */
export function redriveOrderRoutes(app: App, deps: DeadLetterDeps): void {
  for (const kind of Object.keys(summaries) as (keyof typeof summaries)[])
    app.post(
      `/dlq/redrive/:job_id/${kind}`,
      {
        config: { permission: 'redrive:run' },
        schema: {
          tags: ['Redrive'],
          summary: summaries[kind],
          params,
          body: z.strictObject({ reason: Reason }),
          response: { 200: Ordered, ...problemAnswers },
        },
      },
      async (request) => {
        const { tenantId, subject: actor } = identityOf(request);
        const { job_id: jobId } = request.params;
        await ownJob(deps, tenantId, jobId);
        const order = { kind, actor, reason: request.body.reason };
        return orderedBody(jobId, await deps.redrives.order(tenantId, jobId, order));
      },
    );
  rateRoute(app, deps);
}

function rateRoute(app: App, deps: DeadLetterDeps): void {
  app.post(
    '/dlq/redrive/:job_id/rate',
    {
      config: { permission: 'redrive:run' },
      schema: {
        tags: ['Redrive'],
        summary: 'Change the rate or the budget of a job that runs',
        params,
        body: z.strictObject({
          rate_per_second: paceFields.rate_per_second.optional(),
          budget: paceFields.budget.optional(),
          reason: Reason,
        }),
        response: { 200: Ordered, ...problemAnswers },
      },
    },
    async (request) => {
      const { tenantId, subject: actor } = identityOf(request);
      const { job_id: jobId } = request.params;
      const { rate_per_second: ratePerSecond, budget, reason } = request.body;
      await ownJob(deps, tenantId, jobId);
      const pace = {
        ...(ratePerSecond !== undefined && { ratePerSecond }),
        ...(budget !== undefined && { budget }),
      };
      const order = { kind: 'setRate' as const, actor, reason, ...pace };
      return orderedBody(jobId, await deps.redrives.order(tenantId, jobId, order));
    },
  );
}

/** @throws ProblemError `not_found` for jobs that are not this firm's. */
async function ownJob({ pool }: DeadLetterDeps, tenantId: TenantId, jobId: string): Promise<void> {
  const job = await withTenant(pool, tenantId, (scope) => findRedrive(scope, tenantId, jobId));
  if (!job) throw new ProblemError('not_found', 'There is no such job.');
}

const orderedBody = (jobId: string, progress: RedriveProgress): z.infer<typeof Ordered> => ({
  job_id: jobId,
  state: progress.state,
  because: progress.because ?? null,
  rate_per_second: progress.ratePerSecond,
  budget: progress.budget,
  total: progress.total,
  sent: progress.sent,
});
