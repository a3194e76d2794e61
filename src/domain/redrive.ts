/** Rules of a redrive job: how fast, how many at once, when it stops by itself. Pure. */
import { z } from 'zod';
import { lazily } from './lazily.js';

/** Most writes a second a job may be told to try; a vendor's own limit lies far below. */
const MAX_RATE = 1_000;

export const RedrivePace = lazily(() =>
  z.object({
    /** Writes a second; null: as fast as they go. */
    ratePerSecond: z.number().min(0.05).max(MAX_RATE).nullable(),
    /** The job pauses once so many were told to try; null: all of them. */
    budget: z.int().min(1).nullable(),
  }),
);
export type RedrivePace = z.infer<typeof RedrivePace>;

export const RedriveSettings = lazily(() =>
  RedrivePace.extend({
    /** So many are tried first; unless they land the job pauses. 0: none. */
    canary: z.int().min(0).max(5),
    /** Begin at one a second and double with every batch. */
    ramp: z.boolean(),
  }),
);
export type RedriveSettings = z.infer<typeof RedriveSettings>;

export type RedriveJobState = 'canary' | 'running' | 'paused' | 'settling' | 'completed' | 'aborted';

/** A batch takes about this long, so that a job can be stopped within a second. */
export const BATCH_MS = 500;
/** Of an uncapped job so many may be under way: more would only wait in queues, and could no longer be called back. */
export const MAX_UNDER_WAY = 200;
/** Most writes of one batch, whatever the rate. */
const MAX_BATCH = 100;
/** Room for fewer is not worth a batch: each costs Temporal as much as a write does. */
const MIN_ROOM = 50;

export interface Batch {
  count: number;
  /** Between two of them, milliseconds; 0: none. */
  intervalMs: number;
}

/**
 * The next batch. With a rate it holds what is due within `BATCH_MS`; without one, what may still be under way.
 * @param step batches since the ramp began, from 0.
 * @param underWay told to try and not settled yet.
 */
export function nextBatch(
  { ratePerSecond, ramp }: Pick<RedriveSettings, 'ratePerSecond' | 'ramp'>,
  step: number,
  underWay: number,
): Batch {
  const ramped = ramp ? 2 ** Math.min(step, 20) : Infinity;
  if (ratePerSecond === null) {
    const room = MAX_UNDER_WAY - underWay;
    return { count: room < MIN_ROOM ? 0 : Math.min(room, ramped, MAX_BATCH), intervalMs: 0 };
  }
  const rate = Math.min(ratePerSecond, ramped);
  return {
    count: Math.min(MAX_BATCH, Math.max(1, Math.round((rate * BATCH_MS) / 1_000))),
    intervalMs: 1_000 / rate,
  };
}

/** Late by more than this is not caught up: a job that stood still must not rush afterwards. */
const MAX_CATCH_UP_MS = 1_000;

/**
 * When a batch begins. Batches follow each other on one line of due times, so that what passes between two of them does
 * not slow the job down.
 * @param dueMs when the first of it is due by that line; undefined on a new line.
 */
export const batchStartMs = (dueMs: number | undefined, nowMs: number): number =>
  dueMs === undefined ? nowMs : Math.max(dueMs, nowMs - MAX_CATCH_UP_MS);

/** How the last of those that settled fared. */
export interface Fares {
  settled: number;
  parkedAgain: number;
}

/** Fewer say nothing. */
const MIN_SETTLED = 20;
/** More than half of the last ones parked again: what was broken still is. */
const TOO_MANY = 0.5;

/** Whether a job should stop by itself. */
export const goesWrong = ({ settled, parkedAgain }: Fares): boolean =>
  settled >= MIN_SETTLED && parkedAgain / settled > TOO_MANY;
