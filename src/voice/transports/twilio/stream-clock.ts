/**
 * Where a packet belongs on the time line of its stream. Packets get lost, come twice and come late; carriers also send
 * nothing during silence. The detector of speech ends must see that time pass all the same.
 */

/** Less than half a packet is rounding in the timestamps, neither a gap nor an overlap. */
const TOLERANCE_MS = 10;
/** A longer gap is cut: this is more silence than any rule for the end of a turn waits for. */
const MAX_FILL_MS = 3_000;
/** A packet this far behind is no late one: the sender's clock began anew. */
const RESTART_MS = 5_000;

/** Takes packets in order of arrival. */
export interface StreamClock {
  /**
   * @param timestampMs start of the packet on its stream's time line.
   * @returns milliseconds of silence to put before the packet (0 when it follows on), or null to leave the packet out,
   * because its time has already been given to the call.
   */
  place(timestampMs: number, durationMs: number): number | null;
}

export function createStreamClock(): StreamClock {
  let expectedMs: number | undefined;
  return {
    place(timestampMs, durationMs) {
      const gapMs = timestampMs - (expectedMs ?? timestampMs);
      if (gapMs < -TOLERANCE_MS && gapMs > -RESTART_MS) return null;
      expectedMs = timestampMs + durationMs;
      return gapMs > TOLERANCE_MS ? Math.min(gapMs, MAX_FILL_MS) : 0;
    },
  };
}
