/**
 * The write ladder: given how an attempt failed, what happens next. Pure, so that the workflow replays it and tests
 * drive it through a day of outage in a millisecond.
 */
import { z } from 'zod';
import { lazily } from './lazily.js';
import type { ErrorClass } from './failures.js';
import type { UnknownOutcomeRule } from './writes.js';

/** Waits and limits of one write. All durations in milliseconds. */
export const LadderPolicy = lazily(() =>
  z.object({
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
    /** A parked write that nobody decides about in this time expires. Absent in writes begun before it could. */
    keepParkedMs: z.int().min(1_000).optional(),
  }),
);
export type LadderPolicy = z.infer<typeof LadderPolicy>;

/** How one attempt failed. */
export interface AttemptFailure {
  errorClass: ErrorClass;
  /** What the vendor asked us to wait, in milliseconds, when it said so. */
  retryAfterMs?: number;
}

/** Where a write stands in its slow phase. Both zero when it begins. */
export interface SlowPosition {
  rounds: number;
  elapsedMs: number;
}

/** What follows a failed attempt. */
export type NextStep =
  /** Try again in quick succession; `delayMs` overrides the usual growing wait. */
  { kind: 'fast'; delayMs?: number } | { kind: 'slow'; delayMs: number } | { kind: 'park' };

/** Classes that only a person can mend: waiting changes nothing. */
const needsPerson: ReadonlySet<ErrorClass> = new Set(['invalid', 'conflict', 'auth', 'internal']);

/** Slow waits vary by up to this share, so that the writes of one outage do not all come back in the same second. */
const SPREAD = 0.1;

/**
 * Whether a failure is worth another quick attempt. A charge-like operation (`prove`) with an unknown outcome is not:
 * sending it again without proof could move money twice. A vendor that asks for more than `fastMaxMs` is not either:
 * so long a wait belongs on a durable timer that a person can cut short.
 */
export function afterFastAttempt(
  failure: AttemptFailure,
  rule: UnknownOutcomeRule,
  fastMaxMs: number,
): NextStep {
  if (needsPerson.has(failure.errorClass) || unproven(failure, rule)) return { kind: 'park' };
  const { retryAfterMs } = failure;
  if (retryAfterMs === undefined) return { kind: 'fast' };
  return retryAfterMs > fastMaxMs
    ? { kind: 'slow', delayMs: retryAfterMs }
    : { kind: 'fast', delayMs: retryAfterMs };
}

/**
 * What follows when the quick attempts are used up or a slow attempt failed.
 * @param spread 0–1, where in the jitter range this wait falls; the caller supplies the randomness.
 */
export function afterRound(
  policy: LadderPolicy,
  failure: AttemptFailure,
  rule: UnknownOutcomeRule,
  position: SlowPosition,
  spread: number,
): Exclude<NextStep, { kind: 'fast' }> {
  if (needsPerson.has(failure.errorClass) || unproven(failure, rule)) return { kind: 'park' };
  const leftMs = policy.slowWindowMs - position.elapsedMs;
  if (leftMs <= 0) return { kind: 'park' };
  const rung = policy.slowDelaysMs[Math.min(position.rounds, policy.slowDelaysMs.length - 1)] ?? leftMs;
  const spreadMs = Math.round(rung * (1 + SPREAD * (2 * spread - 1)));
  // The vendor's own wish is a floor; the window is a ceiling, so that the last attempt falls on its end.
  return { kind: 'slow', delayMs: Math.min(Math.max(spreadMs, failure.retryAfterMs ?? 0), leftMs) };
}

/**
 * How long a write that is held back by a breaker waits before it asks again of its own accord, milliseconds. It is told
 * when the outage ends, so this only mends a lost word; six hours cost a parked-for-days write a few events.
 */
export const HELD_RECHECK_MS = 6 * 3_600_000;

/** Whether the end of what `causes` name lets a write go on that failed like this. */
export const isMendedBy = (
  failure: AttemptFailure,
  rule: UnknownOutcomeRule,
  causes: readonly ErrorClass[],
): boolean => causes.includes(failure.errorClass) && !unproven(failure, rule);

const unproven = (failure: AttemptFailure, rule: UnknownOutcomeRule): boolean =>
  failure.errorClass === 'outcome_unknown' && rule === 'prove';

/** How long parked writes are kept when nothing else was settled: thirty days. */
export const KEEP_PARKED_MS = 30 * 86_400_000;

/**
 * What a parked write waits for next: until it is announced again, or until it expires, whichever comes first.
 * @param announcements how often it was announced since it parked, from 1.
 */
export function nextParkedStep(
  policy: LadderPolicy,
  announcements: number,
  parkedForMs: number,
): { kind: 'announce' | 'expire'; inMs: number } {
  const leftMs = Math.max(0, (policy.keepParkedMs ?? KEEP_PARKED_MS) - parkedForMs);
  const inMs = nextEscalationMs(policy, announcements);
  return inMs < leftMs ? { kind: 'announce', inMs } : { kind: 'expire', inMs: leftMs };
}

/** Longest pause between two announcements of the same parked write: a day. */
const MAX_ESCALATION_MS = 86_400_000;

/**
 * How long a parked write stays quiet before it is announced again: doubles each time, up to a day.
 * @param announcements how often it was announced since it parked, from 1.
 */
export function nextEscalationMs(policy: LadderPolicy, announcements: number): number {
  return Math.min(policy.escalateAfterMs * 2 ** Math.min(announcements - 1, 16), MAX_ESCALATION_MS);
}
