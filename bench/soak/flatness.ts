/** Whether memory stays flat: pure arithmetic on samples. */
import type { MemorySample } from '../voice/live-edge.js';

export interface TimedSample extends MemorySample {
  atMs: number;
}

export interface Flatness {
  /** Least squares over the samples after the warm-up, in bytes an hour. */
  slopePerHour: number;
  /** Median of the last third of those samples less that of the first. */
  grownBytes: number;
  flat: boolean;
}

/** Share of a run in which caches fill, code is compiled and every call slot is used for the first time. */
const WARM_UP = 0.25;

/**
 * Growth up to this share of what was there is breathing: calls come and go, so does what they hold. A leak of one call's
 * buffers (100 kB) at a hundred hang-ups a minute would be 300 MB in half an hour.
 */
const BREATHING = { held: { share: 0.05, bytes: 5 << 20 }, rss: { share: 0.1, bytes: 20 << 20 } };

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** @param samples in order of time; at least four. */
export function flatnessOf(samples: readonly TimedSample[], of: 'held' | 'rss'): Flatness {
  const settled = samples.slice(Math.floor(samples.length * WARM_UP));
  const values = settled.map((sample) => (of === 'held' ? sample.heldBytes : sample.rssBytes));
  const third = Math.max(1, Math.floor(values.length / 3));
  const first = median(values.slice(0, third));
  const grownBytes = median(values.slice(-third)) - first;
  const limit = Math.max(BREATHING[of].bytes, first * BREATHING[of].share);
  return { slopePerHour: slopeOf(settled, values), grownBytes, flat: grownBytes <= limit };
}

function slopeOf(samples: readonly TimedSample[], values: readonly number[]): number {
  const meanX = samples.reduce((sum, { atMs }) => sum + atMs, 0) / samples.length;
  const meanY = values.reduce((sum, value) => sum + value, 0) / values.length;
  let [over, under] = [0, 0];
  samples.forEach(({ atMs }, n) => {
    over += (atMs - meanX) * ((values[n] ?? 0) - meanY);
    under += (atMs - meanX) ** 2;
  });
  return under === 0 ? 0 : (over / under) * 3_600_000;
}
