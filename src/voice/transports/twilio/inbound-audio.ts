/** The caller's audio: mu-law packets at 8 kHz in, the call's 20 ms frames at 16 kHz out, on an unbroken time line. */
import { decodeMulaw, MULAW_BYTES_PER_MS, MULAW_RATE_HZ } from '../../audio/mulaw.js';
import { frameSplitter } from '../../audio/pcm.js';
import { createResampler } from '../../audio/resampler.js';
import { SAMPLE_RATE_HZ } from '../../ports.js';
import { createPace } from '../pace.js';
import { createStreamClock } from './stream-clock.js';

export interface InboundAudio {
  /** @returns the frames this packet completes, the silence before it included; none for a late or surplus packet. */
  take(timestampMs: number, mulaw: Uint8Array): Int16Array[];
  /** Gives the resampler's memory back; no other call may follow. */
  close(): void;
}

/** @param nowMs the monotonic clock. @throws Error when `loadResampler` has not finished. */
export function createInboundAudio(nowMs: () => number): InboundAudio {
  const resampler = createResampler(MULAW_RATE_HZ, SAMPLE_RATE_HZ);
  const splitter = frameSplitter();
  const clock = createStreamClock();
  const pace = createPace(nowMs);
  return {
    take(timestampMs, mulaw) {
      const durationMs = mulaw.length / MULAW_BYTES_PER_MS;
      if (!pace.admits) return [];
      const silenceMs = clock.place(timestampMs, durationMs);
      if (silenceMs === null) return [];
      pace.took(silenceMs + durationMs);
      const samples = decodeMulaw(mulaw);
      const gap =
        silenceMs > 0 ? resampler.process(new Int16Array(silenceMs * MULAW_BYTES_PER_MS)) : undefined;
      return [...(gap ? splitter.push(gap) : []), ...splitter.push(resampler.process(samples))];
    },
    close: () => resampler.close(),
  };
}
