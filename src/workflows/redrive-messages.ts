/** What is said to a redrive job. Safe to import outside the sandbox. */
import { defineQuery, defineUpdate } from '@temporalio/workflow';
import type { TenantId } from '../domain/ids.js';
import type { RedriveJobState, RedriveSettings } from '../domain/redrive.js';

export const REDRIVE_TYPE = 'redrive';

export interface RedriveInput extends RedriveSettings {
  tenantId: TenantId;
  jobId: string;
  name: string;
  /** Who made the job; its retries are theirs. */
  actor: string;
  reason: string;
  total: number;
  /** Set by the workflow itself when it continues as new. */
  carried?: RedriveCarried;
}

export interface RedriveCarried {
  state: RedriveJobState;
  because?: string;
  sent: number;
  step: number;
  dueMs?: number;
}

export interface RedriveProgress extends RedriveSettings {
  state: RedriveJobState;
  /** Why it is paused or aborted. */
  because?: string;
  total: number;
  /** Told to try so far. */
  sent: number;
}

/** Who steers a job, and why. */
export interface RedriveOrderBy {
  actor: string;
  reason: string;
}

/** All answer with the job as it is now, and are refused without a trace when it is over. */
export const pauseRedrive = defineUpdate<RedriveProgress, [RedriveOrderBy]>('pause');
export const resumeRedrive = defineUpdate<RedriveProgress, [RedriveOrderBy]>('resume');
export const abortRedrive = defineUpdate<RedriveProgress, [RedriveOrderBy]>('abort');
/** What is left out stays as it is. */
export type RateOrder = RedriveOrderBy & { ratePerSecond?: number | null; budget?: number | null };
export const setRedriveRate = defineUpdate<RedriveProgress, [RateOrder]>('setRate');
export const redriveProgress = defineQuery<RedriveProgress>('progress');
