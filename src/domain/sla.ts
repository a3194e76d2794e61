/**
 * The promise to a client in numbers: how quickly callers are answered and how often they are not. Pure arithmetic over
 * figures that were measured; nothing is estimated, and no samples means no verdict.
 */

/** Targets of one tenant; shares are 0–1. */
export interface SlaTargets {
  p95Ms: number;
  p99Ms: number;
  errorShare: number;
}

/** Design §9: p95 below 500 ms, p99 below 1,000 ms, errors below 1 %. */
export const defaultSlaTargets: SlaTargets = { p95Ms: 500, p99Ms: 1_000, errorShare: 0.01 };

/** What was measured over a window. `latency` is absent when no answered turn was timed. */
export interface SlaSample {
  /** Turns the agent answered. */
  answeredTurns: number;
  /** Turns that got no reply, or a degraded one. */
  errorTurns: number;
  latency?: { samples: number; p95Ms: number; p99Ms: number; belowP95Target: number; belowP99Target: number };
}

export type SlaVerdict = 'met' | 'missed' | 'no_samples';

/** Null figures mean "not measured", never zero. */
export interface SlaAssessment {
  verdict: SlaVerdict;
  samples: number;
  /** Share of answered turns faster than the p95 target; the target is met at 0.95 and above. */
  shareBelowP95Target: number | null;
  /** Share of answered turns faster than the p99 target; the target is met at 0.99 and above. */
  shareBelowP99Target: number | null;
  p95Ms: number | null;
  p99Ms: number | null;
  errorShare: number | null;
  /** Which promises were broken, for the reader. */
  missed: ('p95' | 'p99' | 'errors')[];
}

/**
 * Judges a window. A percentile target is met when that percentile lies below it; an error target when the share of
 * turns in error is below it.
 */
export function assessSla(sample: SlaSample, targets: SlaTargets): SlaAssessment {
  const { latency } = sample;
  const errorShare = shareOf(sample.errorTurns, Math.max(sample.answeredTurns, sample.errorTurns));
  const missed: SlaAssessment['missed'] = [];
  if (latency && latency.p95Ms >= targets.p95Ms) missed.push('p95');
  if (latency && latency.p99Ms >= targets.p99Ms) missed.push('p99');
  if (errorShare !== null && errorShare >= targets.errorShare) missed.push('errors');
  return {
    verdict: !latency && errorShare === null ? 'no_samples' : missed.length > 0 ? 'missed' : 'met',
    samples: latency?.samples ?? 0,
    shareBelowP95Target: latency ? shareOf(latency.belowP95Target, latency.samples) : null,
    shareBelowP99Target: latency ? shareOf(latency.belowP99Target, latency.samples) : null,
    p95Ms: latency?.p95Ms ?? null,
    p99Ms: latency?.p99Ms ?? null,
    errorShare,
    missed,
  };
}

const shareOf = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);
