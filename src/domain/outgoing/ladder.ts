import { KEEP_PARKED_MS, type LadderPolicy } from '../ladder.js';

const HOUR_MS = 3_600_000;

/**
 * The schedule that the Standard Webhooks specification recommends: at once, 5 s, 5 min, 30 min, 2, 5, 10, 14, 20, 24 h,
 * the last attempt after 75 h 35 min. Then the event parks like any other write.
 */
export const deliveryLadder: LadderPolicy = {
  fastAttempts: 2,
  fastInitialMs: 5_000,
  fastMaxMs: 30_000,
  slowDelaysMs: [300_000, 1_800_000, ...[2, 5, 10, 14, 20, 24].map((hours) => hours * HOUR_MS)],
  slowWindowMs: 75 * HOUR_MS + 35 * 60_000,
  // Nobody is to be woken for one event; the alert about its endpoint has been sent by then.
  escalateAfterMs: 24 * HOUR_MS,
  keepParkedMs: KEEP_PARKED_MS,
};

/** A notice is soon too old to help: quick attempts, a day of slow ones, then it parks quietly. */
export const noticeLadder: LadderPolicy = {
  fastAttempts: 4,
  fastInitialMs: 1_000,
  fastMaxMs: 30_000,
  slowDelaysMs: [60_000, 300_000, 900_000, HOUR_MS],
  slowWindowMs: 24 * HOUR_MS,
  escalateAfterMs: 24 * HOUR_MS,
  // Old notices are not worth a decision.
  keepParkedMs: 7 * 24 * HOUR_MS,
};
