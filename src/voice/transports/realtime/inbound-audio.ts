/** The caller's audio buffer: base64 of any length in, the call's 20 ms frames out. */
import { FRAME_MS } from '../../ports.js';
import { createPace } from '../pace.js';
import { createDecoder, durationMs, readBase64, type Decoder } from './audio-formats.js';
import type { AudioFormat } from './client-events.js';

/** The Realtime API lets a client send faster than it records; half a minute of it is all that one message can hold. */
export const MAX_AHEAD_MS = 30_000;

export interface InboundAudio {
  /** @returns the frames this piece completes, or why it was left out. */
  take(base64: string, format: AudioFormat): Int16Array[] | 'invalid_audio' | 'input_audio_too_fast';
  /** Forgets what does not fill a frame yet. */
  clear(): void;
  /** Audio handed out so far. */
  readonly audioMs: number;
  /** Gives the resampler's memory back; no other call may follow. */
  close(): void;
}

/** @param nowMs the monotonic clock. */
export function createInboundAudio(nowMs: () => number): InboundAudio {
  const pace = createPace(nowMs, MAX_AHEAD_MS);
  let decoder: Decoder | undefined;
  let current: AudioFormat['type'] | undefined;
  let frames = 0;
  const clear = (): void => {
    decoder?.close();
    decoder = undefined;
  };
  return {
    take(base64, format) {
      if (!pace.admits) return 'input_audio_too_fast';
      const bytes = readBase64(base64);
      if (!bytes) return 'invalid_audio';
      pace.took(durationMs(format, bytes.length));
      if (current !== format.type) clear();
      current = format.type;
      decoder ??= createDecoder(format);
      const taken = decoder.push(bytes);
      frames += taken.length;
      return taken;
    },
    clear,
    get audioMs() {
      return frames * FRAME_MS;
    },
    close: clear,
  };
}
