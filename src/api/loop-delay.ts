import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Late by less than this is not seen. The sampling timer costs about 0.1 % of a core. */
const RESOLUTION_MS = 10;
/** Long enough for a 99th percentile to mean something (500 samples), short enough to show what happens now. */
const WINDOW_MS = 5_000;

/** How late the event loop runs: audio frames leave late by as much. */
export interface LoopDelay {
  /** 99th percentile in milliseconds over the last 5 to 10 s: the worse of the last whole window and the running one. */
  p99Ms(): number;
  close(): void;
}

export function watchLoopDelay(): LoopDelay {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  // What is recorded is the time between two samples, so a punctual loop reads as the resolution.
  const present = (): number =>
    histogram.count === 0 ? 0 : Math.max(0, histogram.percentile(99) / 1e6 - RESOLUTION_MS);
  let previous = 0;
  const timer = setInterval(() => {
    previous = present();
    histogram.reset();
  }, WINDOW_MS);
  timer.unref();
  return {
    p99Ms: () => Math.max(previous, present()),
    close() {
      clearInterval(timer);
      histogram.disable();
    },
  };
}
