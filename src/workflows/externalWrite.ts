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
  uuid4,
  workflowInfo,
} from '@temporalio/workflow';
import { afterRound, type AttemptFailure, type SlowPosition } from '../domain/ladder.js';
import { operations } from '../domain/writes.js';
import type { ExternalWriteInput, WriteOutcome } from './messages.js';
import { attemptRound, type RoundEnd } from './write/attempt.js';
import { startCourse, type WriteCourse } from './write/course.js';
import { noteCancellation } from './write/decision-records.js';
import { takeDecisions } from './write/decisions.js';
import { closeAs, endBy, isEnd, landed, type End } from './write/ends.js';
import { publish } from './write/publish.js';
import { listenForWakes, waitForPerson, waitForSlot, waitHeld, waitSlowly, type Cut } from './write/waits.js';

/** A wake-up replays the whole history, so a long story of corrections starts afresh; about 60 decisions. */
const LONG_HISTORY_EVENTS = 1_000;

export async function externalWrite(input: ExternalWriteInput): Promise<WriteOutcome> {
  const course = startCourse(input);
  takeDecisions(course);
  listenForWakes(course);
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
  // Ordered by one of two people. A proposal that a new history has inherited waits as it did before.
  if (course.proposed && course.phase === 'running') {
    const cut = await waitForPerson(course);
    if (isEnd(cut)) return endBy(course, cut);
    goOn(course, cut);
    // Nothing was tried before: it is live work like any other.
    course.redriven = false;
  }
  for (;;) {
    const end = await attemptRound(course, course.slow ? 1 : course.ladder.fastAttempts);
    if (end.kind === 'landed') return landed(course);
    const cut = await waitAfter(course, end);
    if (cut && isEnd(cut)) return endBy(course, cut);
    if (cut) goOn(course, cut);
    if (workflowInfo().historyLength > LONG_HISTORY_EVENTS) await startAfresh(course);
  }
}

/** A decision, or the end of an outage, starts the ladder again from the bottom; a canary only takes its turn. */
function goOn(course: WriteCourse, cut: Exclude<Cut, End>): void {
  if (cut.action !== 'wake' || !cut.canary) delete course.slow;
  course.redriven = true;
  publish(course);
}

function waitAfter(
  course: WriteCourse,
  end: Exclude<RoundEnd, { kind: 'landed' }>,
): Promise<Cut | undefined> {
  switch (end.kind) {
    case 'later':
      return waitForSlot(course, end.waitMs);
    case 'held':
      return stayHeld(course, end);
    case 'failed':
      return climb(course, end.failure);
  }
}

/**
 * Behind an open breaker. A write under whose own attempts the system falls silent again and again, through its whole slow
 * window, may be the reason itself: a person should look. The end of the outage still wakes it.
 */
async function stayHeld(course: WriteCourse, { tried }: { tried: boolean }): Promise<Cut | undefined> {
  if (!tried) return waitHeld(course);
  course.slow ??= { rounds: 0, sinceMs: Date.now() };
  const isOver = Date.now() - course.slow.sinceMs >= course.ladder.slowWindowMs;
  return isOver ? waitForPerson(course) : waitHeld(course);
}

/** Where a failed round leads: to the next slow one, or to a person. */
async function climb(course: WriteCourse, failure: AttemptFailure): Promise<Cut | undefined> {
  const rule = operations[course.request.operation].afterUnknown;
  course.slow ??= { rounds: 0, sinceMs: Date.now() };
  const { slow } = course;
  const position: SlowPosition = { rounds: slow.rounds, elapsedMs: Date.now() - slow.sinceMs };
  const step = afterRound(course.ladder, failure, rule, position, spread());
  const cut = step.kind === 'slow' ? await waitSlowly(course, step.delayMs) : await waitForPerson(course);
  slow.rounds += 1;
  return cut;
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
      ...(course.slow && { slow: course.slow }),
      ...(course.proposed && { proposed: course.proposed }),
    },
    secondPerson: course.secondPerson,
  });
}

/** 0–1, the same on every replay. */
const spread = (): number => Number.parseInt(uuid4().slice(0, 8), 16) / 0xffff_ffff;
