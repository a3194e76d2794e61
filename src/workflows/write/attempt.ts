/** One round of attempts, as one activity, and what its failure means. */
import {
  ActivityFailure,
  ApplicationFailure,
  isCancellation,
  proxyActivities,
  TimeoutFailure,
  workflowInfo,
} from '@temporalio/workflow';
import type { AttemptDetail, WriteActivities } from '../../activities/contracts.js';
import { errorClasses, type ErrorClass } from '../../domain/failures.js';
import type { AttemptFailure } from '../../domain/ladder.js';
import { operations } from '../../domain/writes.js';
import { queueOf } from '../messages.js';
import { livePriority, redrivenPriority } from '../priorities.js';
import { areRecorded, type WriteCourse } from './course.js';

/**
 * Room for the worst honest attempt: look-up, settle wait, second look-up and create, each with its own request
 * timeout (15 s by default). A dead worker is noticed by the missing heartbeat long before.
 */
const ATTEMPT_TIMEOUT = '60 s';
/** Activities beat every 3 s; three missed beats mean that the worker is gone. */
const HEARTBEAT_TIMEOUT = '10 s';

/** How a round ended; a receipt is in the course. */
export type RoundEnd =
  | { kind: 'landed' }
  | { kind: 'failed'; failure: AttemptFailure }
  /** `tried`: the system fell silent under its own attempts. */
  | { kind: 'held'; tried: boolean }
  /** The firm's pace allows it later. */
  | { kind: 'later'; waitMs: number };

/**
 * Tries up to `maximumAttempts` times.
 * @throws CancelledFailure
 */
export async function attemptRound(course: WriteCourse, maximumAttempts: number): Promise<RoundEnd> {
  const { request, ladder } = course;
  delete course.wake;
  const { performWrite } = proxyActivities<WriteActivities>({
    taskQueue: queueOf(operations[request.operation].system),
    startToCloseTimeout: ATTEMPT_TIMEOUT,
    heartbeatTimeout: HEARTBEAT_TIMEOUT,
    priority: course.redriven ? redrivenPriority(request) : livePriority(request),
    retry: {
      maximumAttempts,
      initialInterval: ladder.fastInitialMs,
      backoffCoefficient: 2,
      maximumInterval: Math.max(ladder.fastMaxMs, ladder.fastInitialMs),
    },
  });
  // A copy: decisions taken while the activity runs are not recorded by it.
  const decisions = [...course.unrecorded];
  try {
    const done = await performWrite({
      workflowId: workflowInfo().workflowId,
      request,
      attemptsBefore: course.attempts,
      revision: course.revision,
      fastMaxMs: ladder.fastMaxMs,
      ...(course.returning && { returning: true }),
      ...(course.redriven && { redriven: true }),
      ...(decisions.length > 0 && { decisions }),
    });
    areRecorded(course, decisions);
    const tried = done.attempts > course.attempts;
    course.attempts = done.attempts;
    course.returning = 'later' in done;
    if ('later' in done) return { kind: 'later', waitMs: done.later.waitMs };
    if ('held' in done) {
      const { sinceMs } = done.held;
      const message = `held back: ${operations[request.operation].system} does not answer since ${new Date(sinceMs).toISOString()}`;
      course.lastError = { errorClass: 'unavailable', message, atMs: Date.now() };
      return { kind: 'held', tried };
    }
    course.receipt = done.receipt;
    return { kind: 'landed' };
  } catch (error) {
    if (isCancellation(error)) throw error;
    course.returning = false;
    const failure = explain(error, maximumAttempts);
    course.attempts += failure.attempts;
    course.lastError = { errorClass: failure.errorClass, message: failure.message, atMs: Date.now() };
    return { kind: 'failed', failure };
  }
}

interface FailedRound extends AttemptFailure {
  attempts: number;
  message: string;
}

function explain(error: unknown, maximumAttempts: number): FailedRound {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof ApplicationFailure) {
    const detail = cause.details?.[0] as AttemptDetail | undefined;
    const errorClass = errorClasses.find((known) => known === cause.type) ?? 'internal';
    const retryAfterMs = detail?.retryAfterMs;
    return {
      errorClass,
      attempts: detail?.attempt ?? 1,
      message: cause.message,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    };
  }
  const silent: ErrorClass = cause instanceof TimeoutFailure ? 'outcome_unknown' : 'internal';
  return { errorClass: silent, attempts: maximumAttempts, message: 'the attempt ended without an answer' };
}
