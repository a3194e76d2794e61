/** What a write waits for: the next slow attempt, the end of an outage, a person. Each wait can be cut short. */
import { condition, log, setHandler } from '@temporalio/workflow';
import { HELD_RECHECK_MS, isMendedBy, nextParkedStep } from '../../domain/ladder.js';
import { operations } from '../../domain/writes.js';
import { wakeWrite, type Decision, type Wake } from '../messages.js';
import type { WriteCourse } from './course.js';
import { projectMeanwhile, publish } from './publish.js';

/** What ended a wait before its time. */
export type Cut = Decision | WokenUp | { action: 'expire' };
export type WokenUp = { action: 'wake'; canary: boolean };

/**
 * Registers the `wake` signal. One that comes while an attempt is under way is kept: the attempt may have met the outage
 * that has just ended.
 */
export function listenForWakes(course: WriteCourse): void {
  setHandler(wakeWrite, (wake: Wake) => {
    course.wake = wake;
  });
}

/** A durable timer raced against a decision. @returns what cut it short, or undefined when the time is up. */
export function waitSlowly(course: WriteCourse, delayMs: number): Promise<Cut | undefined> {
  course.phase = 'backoff';
  course.nextAttemptAtMs = Date.now() + delayMs;
  publish(course);
  projectMeanwhile(course);
  return waitUpTo(course, delayMs);
}

/** Behind an open breaker: costs no attempt and no part of the ladder. The activity has projected it. */
export function waitHeld(course: WriteCourse): Promise<Cut | undefined> {
  course.phase = 'backoff';
  course.nextAttemptAtMs = Date.now() + HELD_RECHECK_MS;
  publish(course);
  return waitUpTo(course, HELD_RECHECK_MS);
}

/** For a slot. Too short to tell the world of: a long backlog would double its cost. A decision still cuts it short. */
export function waitForSlot(course: WriteCourse, waitMs: number): Promise<Cut | undefined> {
  course.phase = 'backoff';
  course.nextAttemptAtMs = Date.now() + waitMs;
  return waitUpTo(course, waitMs);
}

async function waitUpTo(course: WriteCourse, delayMs: number): Promise<Cut | undefined> {
  await condition(() => cutOf(course) !== undefined, delayMs);
  const cut = endWait(course);
  if (!cut) course.phase = 'retrying';
  return cut;
}

/** Parked: announced now, and again at growing intervals until somebody decides. */
export async function waitForPerson(course: WriteCourse): Promise<Cut> {
  course.phase = 'parked';
  const parkedAtMs = Date.now();
  course.parkedAtMs = parkedAtMs;
  publish(course);
  for (let announcements = 1; ; announcements++) {
    projectMeanwhile(course);
    log.warn('a write is parked and waits for a decision', {
      operation: course.request.operation,
      errorClass: course.lastError?.errorClass,
      announcements,
    });
    const next = nextParkedStep(course.ladder, announcements, Date.now() - parkedAtMs);
    await condition(() => cutOf(course) !== undefined, next.inMs);
    const cut = cutOf(course);
    if (!cut && next.kind === 'announce') continue;
    endWait(course);
    return cut ?? { action: 'expire' };
  }
}

function cutOf(course: WriteCourse): Cut | undefined {
  if (course.decision) return course.decision;
  const { lastError, wake, request } = course;
  if (!lastError || !wake) return undefined;
  const isMended = isMendedBy(lastError, operations[request.operation].afterUnknown, wake.causes);
  return isMended ? { action: 'wake', canary: wake.canary } : undefined;
}

/** @returns what ended the wait; a decision's handler has set the phase already. Undefined when nothing did. */
function endWait(course: WriteCourse): Cut | undefined {
  const cut = cutOf(course);
  delete course.decision;
  delete course.wake;
  delete course.parkedAtMs;
  delete course.nextAttemptAtMs;
  if (cut?.action === 'wake') {
    course.phase = 'retrying';
    // Somebody proposed what now happens by itself, or something that no longer fits.
    delete course.proposed;
  }
  return cut;
}
