import { FRAME_BYTES, FRAME_MS, FRAME_SAMPLES } from '../../voice/ports.js';

/**
 * A caller's microphone: one 20 ms frame every 20 ms for as long as the line is open, silence when nobody speaks, as a
 * telephone sends. The clock does not drift: frame n is due n × 20 ms after the start, however late a timer fires.
 */
export class Microphone {
  readonly #send: (frame: Buffer) => void;
  #queue: Int16Array[] = [];
  #timer: NodeJS.Timeout | undefined;
  #startedAt = 0;
  #sent = 0;
  #drained: (() => void)[] = [];

  constructor(send: (frame: Buffer) => void) {
    this.#send = send;
  }

  start(): void {
    this.#startedAt = performance.now();
    this.#timer = setInterval(() => this.#tick(), FRAME_MS / 2);
  }

  /** Says these samples (PCM16 16 kHz) in real time; resolves when the last of them has been sent. */
  say(samples: Int16Array): Promise<void> {
    for (let at = 0; at < samples.length; at += FRAME_SAMPLES) {
      const frame = new Int16Array(FRAME_SAMPLES);
      frame.set(samples.subarray(at, at + FRAME_SAMPLES));
      this.#queue.push(frame);
    }
    return new Promise((resolve) => this.#drained.push(resolve));
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#queue = [];
    this.#release();
  }

  #tick(): void {
    const due = Math.floor((performance.now() - this.#startedAt) / FRAME_MS);
    for (; this.#sent < due; this.#sent++) {
      const frame = this.#queue.shift();
      this.#send(
        frame ? Buffer.from(frame.buffer, frame.byteOffset, FRAME_BYTES) : Buffer.alloc(FRAME_BYTES),
      );
      if (frame && this.#queue.length === 0) this.#release();
    }
  }

  #release(): void {
    const waiting = this.#drained;
    this.#drained = [];
    for (const resolve of waiting) resolve();
  }
}
