/** Accepted decisions on their way to the audit log. */
import { workflowInfo } from '@temporalio/workflow';
import type { DecisionRecord } from '../../domain/decisions.js';
import { KEEP_PARKED_MS } from '../../domain/ladder.js';
import type { WriteCourse } from './course.js';

/** How a decision came, and what it changed. */
export type How = Pick<DecisionRecord, 'via' | 'jobId' | 'before' | 'after' | 'about' | 'proposedBy'>;

/** Keeps a decision until it is in the audit log; the revision must have grown already. */
export function record(
  course: WriteCourse,
  action: DecisionRecord['action'],
  { actor, reason }: { actor: string; reason: string },
  how: How,
): void {
  const { workflowId } = workflowInfo();
  const { revision } = course;
  const atMs = Date.now();
  // The moment tells a decision from another one of the same revision that Temporal took after a reset.
  const eventId = `${workflowId}/r${revision}/${atMs}`;
  const { tenantId } = course.request;
  course.unrecorded.push({
    ...{ tenantId, workflowId, eventId, action, actor, reason, atMs, revision },
    ...how,
  });
}

/** Kept for as long as parked writes are kept, and nobody came: a decision that time has taken. @returns who and why. */
export function noteExpiry(course: WriteCourse): { actor: string; reason: string } {
  const days = Math.round((course.ladder.keepParkedMs ?? KEEP_PARKED_MS) / 86_400_000);
  const by = { actor: 'retention', reason: `nobody decided about it in ${days} days` };
  course.revision += 1;
  record(course, 'expire', by, { via: 'timer' });
  return by;
}

/** Cancelled in Temporal, by somebody whose name only Temporal knows: that too is a decision. */
export function noteCancellation(course: WriteCourse): void {
  course.revision += 1;
  record(
    course,
    'cancel',
    { actor: 'temporal', reason: 'the workflow was cancelled' },
    { via: 'cancellation' },
  );
}
