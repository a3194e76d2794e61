import { z } from 'zod';
import { lazily } from './lazily.js';

/** How one firm wants its dead letters handled. */
export const DeadLetterRules = lazily(() =>
  z.object({
    /** Retry, edit or discard of a write that concerns money needs the approval of a second person. */
    secondPersonForMoney: z.boolean().default(false),
    /** So many CRITICAL writes parked at once raise an alert. */
    criticalAlert: z.int().min(1).default(10),
    /** So many writes of any priority raise one too. Absent: never. */
    parkedAlert: z.int().min(1).optional(),
    /** A write parked for longer raises one too, hours. Absent: never. */
    overdueAlertHours: z.number().positive().optional(),
  }),
);
export type DeadLetterRules = z.infer<typeof DeadLetterRules>;

/** Counts the alerts depend on. */
export interface ParkedCounts {
  critical: number;
  parked: number;
  /** Age of the longest parked one, milliseconds; null when none is. */
  oldestAgeMs: number | null;
}

export const deadLetterAlerts = [
  'dead_letters.critical',
  'dead_letters.parked',
  'dead_letters.overdue',
] as const;
export type DeadLetterAlert = (typeof deadLetterAlerts)[number];

/** Which alerts these counts call for. */
export function alertsDue(rules: DeadLetterRules, counts: ParkedCounts): DeadLetterAlert[] {
  const overdueMs = (rules.overdueAlertHours ?? Infinity) * 3_600_000;
  const due: Record<DeadLetterAlert, boolean> = {
    'dead_letters.critical': counts.critical >= rules.criticalAlert,
    'dead_letters.parked': counts.parked >= (rules.parkedAlert ?? Infinity),
    'dead_letters.overdue': (counts.oldestAgeMs ?? 0) > overdueMs,
  };
  return deadLetterAlerts.filter((kind) => due[kind]);
}
