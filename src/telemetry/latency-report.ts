import type { Histogram } from 'hdr-histogram-js';
import type { Series } from '../domain/latency.js';
import { countBelow, decodeHistogram, emptyHistogram } from './histograms.js';

/** One stored histogram, as it comes out of the database. */
export interface StoredHistogram {
  stage: Series;
  histogram: Buffer;
}

/** The merged samples of one stage. All figures in milliseconds. */
export interface StageDistribution {
  samples: number;
  percentileMs(percentile: number): number;
  maxMs: number;
  /** How many samples lie below `milliseconds`. */
  countBelow(milliseconds: number): number;
}

/** Decoding one histogram takes 0.05–0.4 ms; the audio loop shares this thread and owns a frame every 20 ms. */
const SLICE_MS = 4;

/**
 * Merges stored histograms per stage or total. Gives the event loop a turn every few milliseconds, because the process that
 * answers this also paces callers' audio.
 * @param pages stored histograms in any order, page by page.
 */
export async function mergeStages(
  pages: AsyncIterable<readonly StoredHistogram[]>,
): Promise<Map<Series, StageDistribution>> {
  const merged = new Map<Series, Histogram>();
  let sliceStart = performance.now();
  for await (const page of pages) {
    for (const { stage, histogram } of page) {
      let sum = merged.get(stage);
      if (!sum) merged.set(stage, (sum = emptyHistogram()));
      sum.add(decodeHistogram(histogram));
      if (performance.now() - sliceStart > SLICE_MS) {
        await new Promise((resolve) => setImmediate(resolve));
        sliceStart = performance.now();
      }
    }
  }
  return new Map(Array.from(merged, ([stage, histogram]) => [stage, distributionOf(histogram)]));
}

const distributionOf = (histogram: Histogram): StageDistribution => ({
  samples: histogram.totalCount,
  percentileMs: (percentile) => histogram.getValueAtPercentile(percentile) / 1_000,
  maxMs: histogram.maxValue / 1_000,
  countBelow: (milliseconds) => countBelow(histogram, milliseconds),
});
