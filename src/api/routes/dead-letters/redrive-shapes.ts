import { z } from 'zod';
import type { RedriveJob } from '../../../db/redrive.js';
import { redriveItemStates, type RedriveItemState } from '../../../db/redrive-items.js';
import { RedriveSettings } from '../../../domain/redrive.js';
import { filterFields } from './shapes.js';

const { ratePerSecond, budget, canary } = RedriveSettings.shape;
export const paceFields = {
  rate_per_second: ratePerSecond.describe('Writes a second; null: as fast as they go.'),
  budget: budget.describe('The job pauses once so many were told to try; null: all of them.'),
};
export const Canary = canary.describe('So many are tried first; unless they land the job pauses.');
export const JobId = z.string().regex(/^rd_[0-9a-f]{16}$/, '"rd_" and 16 characters 0-9 a-f');
export const Filter = z.strictObject(filterFields).describe('Which parked writes; empty: all of them.');

export const JobState = z.enum(['canary', 'running', 'paused', 'settling', 'completed', 'aborted']);
const counts = z.int().optional();
export const RedriveJobBody = z
  .object({
    job_id: z.string(),
    name: z.string(),
    state: JobState,
    because: z.string().nullable().describe('Why it is paused or aborted.'),
    ...paceFields,
    canary: z.int(),
    total: z.int().describe('Writes of the frozen target set.'),
    items: z
      .object(
        Object.fromEntries(redriveItemStates.map((state) => [state, counts])) as Record<
          RedriveItemState,
          typeof counts
        >,
      )
      .optional()
      .describe('How many of them are where.'),
    created_by: z.string(),
    created_at: z.iso.datetime(),
    finished_at: z.iso.datetime().nullable(),
    temporal_url: z.string().nullable(),
  })
  .meta({ id: 'RedriveJob' });

export const jobBody = (
  job: RedriveJob,
  temporalUrl: string | null,
  items?: Partial<Record<RedriveItemState, number>>,
): z.infer<typeof RedriveJobBody> => ({
  job_id: job.jobId,
  name: job.name,
  state: job.state,
  because: job.because,
  rate_per_second: job.ratePerSecond,
  budget: job.budget,
  canary: job.canary,
  total: job.total,
  ...(items && { items }),
  created_by: job.createdBy,
  created_at: job.createdAt.toISOString(),
  finished_at: job.finishedAt?.toISOString() ?? null,
  temporal_url: temporalUrl,
});
