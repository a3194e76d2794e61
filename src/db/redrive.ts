/** Redrive jobs and their frozen target sets. */
import type { TenantId } from '../domain/ids.js';
import type { RedriveJobState, RedriveSettings } from '../domain/redrive.js';
import type { ErrorClass } from '../domain/failures.js';
import type { Priority, System } from '../domain/writes.js';
import { type DeadLetterFilter, parkedThat } from './dead-letter-filter.js';
import type { TenantScope } from './tenant.js';

export interface RedriveJob extends RedriveSettings {
  jobId: string;
  name: string;
  filter: DeadLetterFilter;
  state: RedriveJobState;
  because: string | null;
  total: number;
  createdBy: string;
  createdAt: Date;
  finishedAt: Date | null;
}

/** How many a job with this filter would try, by what ails them. Nothing is changed. */
export async function previewRedrive(
  scope: TenantScope,
  tenantId: TenantId,
  filter: DeadLetterFilter,
): Promise<{ system: System; priority: Priority; errorClass: ErrorClass | null; parked: number }[]> {
  const { sql, parameters } = parkedThat(tenantId, filter);
  const { rows } = await scope.query<Awaited<ReturnType<typeof previewRedrive>>[number]>(
    `select system, priority, error_class as "errorClass", count(*)::int as parked
       from writes where ${sql} group by 1, 2, 3 order by parked desc`,
    parameters,
  );
  return rows;
}

/**
 * Makes a job and freezes its target set: writes that park later are not part of it.
 * @returns how many it will try, longest parked first; undefined when the firm has a job of that name.
 */
export async function createRedrive(
  scope: TenantScope,
  tenantId: TenantId,
  job: Pick<RedriveJob, 'jobId' | 'name' | 'filter' | 'createdBy'> & RedriveSettings,
): Promise<number | undefined> {
  const { jobId, name, filter, createdBy, ratePerSecond, budget, canary, ramp } = job;
  const made = await scope.query(
    `insert into redrive_jobs (tenant_id, job_id, name, filter, state, rate_per_second, budget, canary, ramp, total, created_by)
     values ($1, $2, $3, $4, 'canary', $5, $6, $7, $8, 0, $9) on conflict (tenant_id, name) do nothing`,
    [tenantId, jobId, name, JSON.stringify(filter), ratePerSecond, budget, canary, ramp, createdBy],
  );
  if (made.rowCount === 0) return undefined;
  const { sql, parameters } = parkedThat(tenantId, filter);
  const place = `$${parameters.push(jobId)}`;
  const { rowCount } = await scope.query(
    `insert into redrive_items (tenant_id, job_id, seq, workflow_id)
     select tenant_id, ${place}, row_number() over (order by parked_at, workflow_id), workflow_id from writes where ${sql}`,
    parameters,
  );
  const total = rowCount ?? 0;
  await scope.query('update redrive_jobs set total = $3 where tenant_id = $1 and job_id = $2', [
    ...[tenantId, jobId, total],
  ]);
  return total;
}

/** Notes where a job stands. Rate and budget are those in force. */
export async function saveRedrive(
  scope: TenantScope,
  tenantId: TenantId,
  job: Pick<RedriveJob, 'jobId' | 'state' | 'because' | 'ratePerSecond' | 'budget'>,
): Promise<void> {
  await scope.query(
    `update redrive_jobs set
       resumed_at = case when state = 'paused' and $3 <> 'paused' then now() else resumed_at end,
       finished_at = case when $3 in ('completed', 'aborted') then coalesce(finished_at, now()) end,
       state = $3, because = $4, rate_per_second = $5, budget = $6
     where tenant_id = $1 and job_id = $2`,
    [tenantId, job.jobId, job.state, job.because, job.ratePerSecond, job.budget],
  );
}

const columns = `job_id as "jobId", name, filter, state, because, rate_per_second as "ratePerSecond", budget, canary, ramp,
  total, created_by as "createdBy", created_at as "createdAt", finished_at as "finishedAt"`;

/** Latest first. */
export async function listRedrives(
  scope: TenantScope,
  tenantId: TenantId,
  limit: number,
): Promise<RedriveJob[]> {
  const { rows } = await scope.query<RedriveJob>(
    `select ${columns} from redrive_jobs where tenant_id = $1 order by created_at desc, job_id limit $2`,
    [tenantId, limit],
  );
  return rows;
}

export async function findRedrive(
  scope: TenantScope,
  tenantId: TenantId,
  jobId: string,
): Promise<RedriveJob | undefined> {
  const { rows } = await scope.query<RedriveJob>(
    `select ${columns} from redrive_jobs where tenant_id = $1 and job_id = $2`,
    [tenantId, jobId],
  );
  return rows[0];
}
