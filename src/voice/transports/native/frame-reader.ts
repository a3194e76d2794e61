import { FRAME_BYTES, FRAME_MS, FRAME_SAMPLES } from '../../ports.js';
import { createPace } from '../pace.js';

/**
 * Reads the binary messages of one call.
 * @param nowMs the monotonic clock.
 * @returns a function from message to frame; null when the message is no frame, or more audio than time has passed.
 */
export function createFrameReader(nowMs: () => number): (message: Buffer) => Int16Array | null {
  const pace = createPace(nowMs);
  return (message) => {
    if (message.length !== FRAME_BYTES || !pace.admits) return null;
    pace.took(FRAME_MS);
    // A copy: the message lies at any address inside a buffer that the socket shares.
    const frame = new Int16Array(FRAME_SAMPLES);
    Buffer.from(frame.buffer).set(message);
    return frame;
  };
}
