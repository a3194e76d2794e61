/** Audio may arrive in a burst after the network stalled, but not faster than real time for longer than this. */
const MAX_AHEAD_MS = 10_000;

/** How much audio a caller may send: as much as time has passed, and a burst on top. */
export interface Pace {
  /** @returns false when so much audio has come already that none may be taken now. */
  readonly admits: boolean;
  /** So much audio was taken. */
  took(durationMs: number): void;
}

/** @param nowMs the monotonic clock. Time counts from the first audio. */
export function createPace(nowMs: () => number, maxAheadMs: number = MAX_AHEAD_MS): Pace {
  let startedAtMs: number | undefined;
  let audioMs = 0;
  return {
    get admits() {
      startedAtMs ??= nowMs();
      return audioMs - (nowMs() - startedAtMs) <= maxAheadMs;
    },
    took(durationMs) {
      audioMs += durationMs;
    },
  };
}
