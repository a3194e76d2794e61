/** How a write ends. */
import { log } from '@temporalio/workflow';
import type { WriteOutcome } from '../messages.js';
import type { WriteCourse } from './course.js';
import { noteExpiry } from './decision-records.js';
import { projectEnd, publish } from './publish.js';
import type { Cut } from './waits.js';

/** Its receipt has come. */
export function landed(course: WriteCourse): WriteOutcome {
  if (!course.receipt) throw new Error('a landed write has a receipt');
  course.phase = 'done';
  delete course.lastError;
  // The activity has projected the success together with the receipt.
  if (course.published) publish(course);
  return { status: 'done', receipt: course.receipt };
}

/** What ends a write that waits. */
export type End = Extract<Cut, { action: 'discard' | 'expire' }>;
export const isEnd = (cut: Cut): cut is End => cut.action === 'discard' || cut.action === 'expire';

export async function endBy(course: WriteCourse, end: End): Promise<WriteOutcome> {
  if (end.action === 'expire') return expire(course);
  await closeAs(course, 'discarded');
  return { status: 'discarded', reason: end.reason, actor: end.actor };
}

/** Nobody decided in all the time that parked writes are kept: closed with a trace and an alert, never silently. */
async function expire(course: WriteCourse): Promise<WriteOutcome> {
  const by = noteExpiry(course);
  log.error('a parked write has expired: nobody decided about it', {
    operation: course.request.operation,
    errorClass: course.lastError?.errorClass,
  });
  await closeAs(course, 'expired');
  return { status: 'discarded', ...by };
}

/** Tells of an end that no attempt has told of. */
export async function closeAs(course: WriteCourse, phase: 'discarded' | 'expired'): Promise<void> {
  course.phase = phase;
  publish(course);
  await projectEnd(course);
}
