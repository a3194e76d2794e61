import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  type Histogram,
  JsHistogram,
} from 'hdr-histogram-js';

/**
 * HDR histograms of latencies: whole microseconds from 1 µs to 120 s with three significant digits, so any figure read
 * back is within 0.1 % of the sample. Histograms of the same range add up without loss, which is what makes percentiles
 * over many minutes and processes exact. (Averaging per-minute percentiles was rejected: it is wrong.)
 */
const LOWEST_US = 1;
/** 120 s: longer than any reply the voice loop waits for, so nothing real is clipped. */
const HIGHEST_US = 120_000_000;

/** An empty histogram of the one range used everywhere; about 75 kB. */
export const emptyHistogram = (): Histogram =>
  build({
    lowestDiscernibleValue: LOWEST_US,
    highestTrackableValue: HIGHEST_US,
    numberOfSignificantValueDigits: 3,
    bitBucketSize: 32,
    autoResize: false,
  });

/** Adds one sample; values outside the range are clamped to its ends so that recording never throws. */
export function recordMs(histogram: Histogram, milliseconds: number): void {
  const microseconds = Math.round(milliseconds * 1_000);
  histogram.recordValue(Math.min(Math.max(microseconds, LOWEST_US), HIGHEST_US));
}

/** V2 compressed encoding, the format every HdrHistogram port reads. */
export const encodeHistogram = (histogram: Histogram): Buffer =>
  Buffer.from(encodeIntoCompressedBase64(histogram), 'base64');

/** @throws Error when the bytes are not a V2 compressed histogram. */
export const decodeHistogram = (bytes: Buffer): Histogram =>
  decodeFromCompressedBase64(bytes.toString('base64'), 32);

/** Samples of `histogram` that are below `milliseconds`; exact to the histogram's resolution (0.1 %). */
export function countBelow(histogram: Histogram, milliseconds: number): number {
  if (!(histogram instanceof JsHistogram)) throw new TypeError('only histograms built here can be counted');
  const end = histogram.countsArrayIndex(Math.min(milliseconds * 1_000, HIGHEST_US));
  let count = 0;
  for (let index = 0; index < end; index++) count += histogram.getCountAtIndex(index);
  return count;
}
