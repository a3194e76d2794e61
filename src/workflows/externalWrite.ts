/**
 * One side effect in an outside system, made durable: quick attempts, slow attempts over hours, then parked until a
 * person or a redrive decides. Completes as done or discarded and never fails by itself, so a failed `externalWrite` is
 * a defect. It has no execution timeout: a parked write waits as long as it takes.
 *
 * A write may stay parked over many releases, so it is never pinned to one: unversioned workers move it along, and with
 * worker deployments its behaviour must be AUTO_UPGRADE (a server refuses that setting from unversioned workers).
 *
 * Happy path: two workflow tasks, one activity, eleven events.
 */
import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  log,
  uuid4,
  workflowInfo,
} from '@temporalio/workflow';
import { afterRound, nextEscalationMs, type SlowPosition } from '../domain/ladder.js';
import { operations } from '../domain/writes.js';
import type { Decision, ExternalWriteInput, WriteOutcome } from './messages.js';
import { attemptRound } from './write/attempt.js';
import { startCourse, type WriteCourse } from './write/course.js';
import { noteCancellation } from './write/decision-records.js';
import { takeDecisions } from './write/decisions.js';
import { projectEnd, projectMeanwhile, publish } from './write/publish.js';

/** A wake-up replays the whole history, so a long story of corrections starts afresh; about 60 decisions. */
const LONG_HISTORY_EVENTS = 1_000;

export async function externalWrite(input: ExternalWriteInput): Promise<WriteOutcome> {
  const course = startCourse(input);
  takeDecisions(course);
  try {
    return await pursue(course);
  } catch (error) {
    if (isCancellation(error)) {
      noteCancellation(course);
      await CancellationScope.nonCancellable(() => closeAs(course, 'discarded'));
    }
    throw error;
  }
}

async function pursue(course: WriteCourse): Promise<WriteOutcome> {
  const rule = operations[course.request.operation].afterUnknown;
  let slow: { rounds: number; sinceMs: number } | undefined;
  for (;;) {
    const failure = await attemptRound(course, slow ? 1 : course.ladder.fastAttempts);
    if (!failure) return landed(course);
    slow ??= { rounds: 0, sinceMs: Date.now() };
    const position: SlowPosition = { rounds: slow.rounds, elapsedMs: Date.now() - slow.sinceMs };
    const step = afterRound(course.ladder, failure, rule, position, spread());
    const decision =
      step.kind === 'slow' ? await waitSlowly(course, step.delayMs) : await waitForPerson(course);
    slow.rounds += 1;
    if (!decision) continue;
    if (decision.action === 'discard') {
      await closeAs(course, 'discarded');
      return { status: 'discarded', reason: decision.reason, actor: decision.actor };
    }
    // A decision starts the ladder again from the bottom.
    slow = undefined;
    publish(course);
    if (workflowInfo().historyLength > LONG_HISTORY_EVENTS) await startAfresh(course);
  }
}

/** A durable timer raced against a decision. @returns the decision, or undefined when the time is up. */
async function waitSlowly(course: WriteCourse, delayMs: number): Promise<Decision | undefined> {
  course.phase = 'backoff';
  course.nextAttemptAtMs = Date.now() + delayMs;
  publish(course);
  projectMeanwhile(course);
  await condition(() => course.decision !== undefined, delayMs);
  const decision = endWait(course);
  if (!decision) course.phase = 'retrying';
  return decision;
}

/** Parked: announced now, and again at growing intervals until somebody decides. */
async function waitForPerson(course: WriteCourse): Promise<Decision> {
  course.phase = 'parked';
  course.parkedAtMs = Date.now();
  publish(course);
  for (let announcements = 1; ; announcements++) {
    projectMeanwhile(course);
    log.warn('a write is parked and waits for a decision', {
      operation: course.request.operation,
      errorClass: course.lastError?.errorClass,
      announcements,
    });
    await condition(() => course.decision !== undefined, nextEscalationMs(course.ladder, announcements));
    if (!course.decision) continue;
    const { decision } = course;
    endWait(course);
    return decision;
  }
}

/** @returns the decision that ended the wait; its handler has set the phase already. */
function endWait(course: WriteCourse): Decision | undefined {
  const { decision } = course;
  delete course.decision;
  delete course.parkedAtMs;
  delete course.nextAttemptAtMs;
  return decision;
}

function landed(course: WriteCourse): WriteOutcome {
  if (!course.receipt) throw new Error('a landed write has a receipt');
  course.phase = 'done';
  delete course.lastError;
  // The activity has projected the success together with the receipt.
  if (course.published) publish(course);
  return { status: 'done', receipt: course.receipt };
}

async function closeAs(course: WriteCourse, phase: 'discarded'): Promise<void> {
  course.phase = phase;
  publish(course);
  await projectEnd(course);
}

async function startAfresh(course: WriteCourse): Promise<never> {
  await condition(allHandlersFinished);
  return continueAsNew<typeof externalWrite>({
    request: course.request,
    ladder: course.ladder,
    carried: {
      attempts: course.attempts,
      revision: course.revision,
      seenJobs: course.seenJobs,
      unrecorded: course.unrecorded,
    },
    secondPerson: course.secondPerson,
  });
}

/** 0–1, the same on every replay. */
const spread = (): number => Number.parseInt(uuid4().slice(0, 8), 16) / 0xffff_ffff;
