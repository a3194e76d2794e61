/**
 * The write ladder: given how an attempt failed, what happens next. Pure, so that the workflow replays it and tests
 * drive it through a day of outage in a millisecond.
 */
import { z } from 'zod';

/** Waits and limits of one write. All durations in milliseconds. */
export const LadderPolicy = z.object({
  /** Attempts made in quick succession by the activity's own retry policy. */
  fastAttempts: z.int().min(1).max(20),
  fastInitialMs: z.int().min(10),
  fastMaxMs: z.int().min(10),
  /** Waits between the slow rounds; the last one repeats until `slowWindowMs` is used up. */
  slowDelaysMs: z.array(z.int().min(10)).min(1),
  /** After this long in the slow phase the write parks. */
  slowWindowMs: z.int().min(0),
  /** A parked write is announced again after this long. */
  escalateAfterMs: z.int().min(1_000),
});
export type LadderPolicy = z.infer<typeof LadderPolicy>;
