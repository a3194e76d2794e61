/** The caller's frames as the messages that carry them to a realtime server. */
import { encodeMulaw, MULAW_RATE_HZ } from '../../audio/mulaw.js';
import { bytesFromSamples } from '../../audio/pcm.js';
import { createResampler, type Resampler } from '../../audio/resampler.js';
import { FRAME_SAMPLES, SAMPLE_RATE_HZ } from '../../ports.js';

/**
 * `pcmu` is what a telephone line carries anyway, in a sixth of the bytes: mu-law at 8,000 Hz. `pcm` keeps what a browser's
 * microphone has above 4,000 Hz: linear at 24,000 Hz, the one rate the API takes.
 */
export type UplinkFormat = 'pcmu' | 'pcm';

export const PCM_RATE_HZ = 24_000;
/**
 * Frames in one message. Most of what audio costs us is the message, not its length; 60 ms of delay in mid-speech only
 * shows in when words come back, and the end of speech is sent at once.
 */
const BATCH_FRAMES = 3;

export class AudioUplink {
  private readonly resampler: Resampler;
  private readonly batch = new Int16Array(BATCH_FRAMES * FRAME_SAMPLES);
  private filled = 0;

  /** @throws Error when `loadResampler` has not finished. */
  constructor(
    private readonly format: UplinkFormat,
    private readonly send: (message: string) => void,
  ) {
    this.resampler = createResampler(SAMPLE_RATE_HZ, format === 'pcmu' ? MULAW_RATE_HZ : PCM_RATE_HZ);
  }

  /** Takes the next frame of 20 ms; sends when a message is full. */
  push(frame: Int16Array): void {
    this.batch.set(frame, this.filled);
    this.filled += frame.length;
    if (this.filled + FRAME_SAMPLES > this.batch.length) this.sendBatch();
  }

  /** Sends what is still held: the caller has finished. */
  flush(): void {
    this.sendBatch();
    this.append(this.resampler.flush());
  }

  /** Gives the resampler's memory back; no other call may follow. */
  close(): void {
    this.resampler.close();
  }

  private sendBatch(): void {
    if (this.filled > 0) this.append(this.resampler.process(this.batch.subarray(0, this.filled)));
    this.filled = 0;
  }

  private append(samples: Int16Array): void {
    if (samples.length === 0) return;
    const bytes = this.format === 'pcmu' ? encodeMulaw(samples) : bytesFromSamples(samples);
    const audio = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
    // Base64 needs no escaping, and this runs all the time for every call.
    this.send(`{"type":"input_audio_buffer.append","audio":"${audio}"}`);
  }
}
