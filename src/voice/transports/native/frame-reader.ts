import { FRAME_BYTES, FRAME_MS, FRAME_SAMPLES } from '../../ports.js';

/** Audio may arrive in a burst after the network stalled, but not faster than real time for longer than this. */
const MAX_AHEAD_MS = 10_000;

/**
 * Reads the binary messages of one call.
 * @param nowMs the monotonic clock.
 * @returns a function from message to frame; null when the message is no frame, or more audio than time has passed.
 */
export function createFrameReader(nowMs: () => number): (message: Buffer) => Int16Array | null {
  let audioMs = 0;
  let startedAtMs: number | undefined;
  return (message) => {
    const now = nowMs();
    startedAtMs ??= now;
    if (message.length !== FRAME_BYTES || audioMs - (now - startedAtMs) > MAX_AHEAD_MS) return null;
    audioMs += FRAME_MS;
    // A copy: the message lies at any address inside a buffer that the socket shares.
    const frame = new Int16Array(FRAME_SAMPLES);
    Buffer.from(frame.buffer).set(message);
    return frame;
  };
}
