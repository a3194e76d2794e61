/** The stand-in's time: the machine's, moved forward by tests that cannot wait for a token to expire. */
export interface Clock {
  /** Milliseconds since the epoch. */
  nowMs: () => number;
  /** Moves the time forward for good (until `reset`). */
  advance(ms: number): void;
  reset(): void;
}

/** @param machineNowMs the underlying clock, milliseconds since the epoch. */
export function createClock(machineNowMs: () => number = Date.now): Clock {
  let aheadMs = 0;
  return {
    nowMs: () => machineNowMs() + aheadMs,
    advance: (ms) => {
      aheadMs += ms;
    },
    reset: () => {
      aheadMs = 0;
    },
  };
}
