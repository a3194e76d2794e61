/** Who goes first when workers are busy: by importance, and among firms in turn. */
import type { Priority as TemporalPriority } from '@temporalio/common';
import type { Priority, WriteRequest } from '../domain/writes.js';

/** Temporal's priority keys, 1 first. */
const priorityKeys: Record<Priority, number> = { CRITICAL: 1, HIGH: 2, MEDIUM: 3, LOW: 4 };
const REDRIVEN = 5;

type Whose = Pick<WriteRequest, 'priority' | 'tenantId'>;

/** Of work that has just come up: the firm is the key by which Temporal shares its queues out. */
export const livePriority = ({ priority, tenantId }: Whose): TemporalPriority => ({
  priorityKey: priorityKeys[priority],
  fairnessKey: tenantId,
});

/** Of work that was sent back: it has waited for long, and gives way to all that is live. */
export const redrivenPriority = ({ tenantId }: Whose): TemporalPriority => ({
  priorityKey: REDRIVEN,
  fairnessKey: tenantId,
});
