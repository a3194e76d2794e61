import type { DeadLetterStats } from '../../db/dead-letter-stats.js';

/** A parked write older than this is overdue whatever its priority; the same as the default escalation wait (4 h). */
export const OVERDUE_MS = 14_400_000;

export type DeadLetterHealth = 'healthy' | 'degraded' | 'critical';

/**
 * What the counts mean for the person on duty. `critical`: something CRITICAL is parked or something is overdue;
 * `degraded`: anything else is parked. `requiresAttention`: a person should look today (critical, or HIGH parked).
 */
export function judgeDeadLetters(
  stats: DeadLetterStats,
  nowMs: number,
): { health: DeadLetterHealth; requiresAttention: boolean; oldestAgeMs: number | null } {
  const oldestAgeMs = stats.oldestParkedAt ? Math.max(0, nowMs - stats.oldestParkedAt.getTime()) : null;
  const critical = (stats.byPriority.CRITICAL ?? 0) > 0 || (oldestAgeMs ?? 0) > OVERDUE_MS;
  const health = critical ? 'critical' : stats.parked > 0 ? 'degraded' : 'healthy';
  return { health, requiresAttention: critical || (stats.byPriority.HIGH ?? 0) > 0, oldestAgeMs };
}
