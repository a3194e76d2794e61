/** Running one attempt inside an activity: heartbeat, cancellation, and failures as Temporal understands them. */
import { ApplicationFailure, Context } from '@temporalio/activity';
import { ApplicationFailureCategory } from '@temporalio/common';
import { z } from 'zod';
import { OutsideError, type ErrorClass } from '../domain/failures.js';
import { afterFastAttempt } from '../domain/ladder.js';
import type { UnknownOutcomeRule } from '../domain/writes.js';
import type { AttemptDetail } from './contracts.js';

/** A third of the 10 s heartbeat timeout that the workflows set. */
const BEAT_MS = 3_000;

/**
 * Runs `work` with a heartbeat, without which neither a dead worker is noticed nor a cancellation delivered.
 * @param work gets a signal that aborts when Temporal or the worker's shutdown cancels the activity.
 */
export async function whileBeating<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const context = Context.current();
  const beat = setInterval(() => context.heartbeat(), BEAT_MS);
  try {
    return await work(context.cancellationSignal);
  } finally {
    clearInterval(beat);
  }
}

/** Our database being away, as seen by the driver: SQLSTATE classes 08, 53, 57 and connection errors without one. */
const DATABASE_AWAY = /^(?:08|53|57)|^E[A-Z]+$/;

/** Read by shape: a thrown value may come from another realm, or be no Error at all. */
const text = z.string().default('').catch('');
const Thrown = z
  .object({ code: text, message: text, name: text })
  .catch({ code: '', message: '', name: 'value' });

/** Any error as one of ours. What is not an OutsideError is the database being away, or our own defect. */
export function asOutsideError(error: unknown): OutsideError {
  if (error instanceof OutsideError) return error;
  const { code, message, name } = Thrown.parse(error);
  const away = DATABASE_AWAY.test(code) || /timeout|terminated/i.test(message);
  // Nothing was sent, or it was and will be looked up: the next attempt looks before it creates.
  if (away) return new OutsideError('unavailable', 'our database was away', undefined, { cause: error });
  return new OutsideError('internal', `unexpected ${name} in our own code`, undefined, { cause: error });
}

/** Outcomes that say nothing about our health: logged quietly and left out of failure metrics. */
const expected: ReadonlySet<ErrorClass> = new Set(['rate_limited', 'invalid', 'conflict']);

/** The failure to throw: its type is the error class, its first detail an AttemptDetail. */
export function asFailure(
  error: OutsideError,
  attempt: number,
  rule: UnknownOutcomeRule,
  fastMaxMs: number,
): ApplicationFailure {
  const { errorClass, retryAfterMs } = error;
  const failure = { errorClass, ...(retryAfterMs !== undefined && { retryAfterMs }) };
  const next = afterFastAttempt(failure, rule, fastMaxMs);
  const detail: AttemptDetail = { attempt, ...(retryAfterMs !== undefined && { retryAfterMs }) };
  return ApplicationFailure.create({
    type: errorClass,
    message: error.message,
    nonRetryable: next.kind !== 'fast',
    details: [detail],
    // Temporal takes a delay of 0 for the end of all attempts; "at once" leaves it our own growing wait.
    ...(next.kind === 'fast' && next.delayMs && { nextRetryDelay: next.delayMs }),
    ...(expected.has(errorClass) && { category: ApplicationFailureCategory.BENIGN }),
  });
}
