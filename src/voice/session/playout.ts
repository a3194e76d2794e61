/**
 * Paces agent audio to the caller: the first frame leaves at once, later ones at most `aheadMs` before their turn. Frame
 * n is due n × 20 ms after the first, whenever a timer happens to fire, so the clock does not drift. When the speech
 * engine falls behind, the clock starts again from the next frame.
 */
import { frameSplitter } from '../audio/pcm.js';
import { FRAME_MS, FRAME_SAMPLES } from '../ports.js';
import type { Playback } from './link.js';

/** Frames that leave together once the first ones have: a timer and a system call cost more than the frames. */
const BATCH_FRAMES = 3;

export class Playout {
  readonly #send: (frame: Int16Array) => void;
  readonly #nowMs: () => number;
  readonly #aheadMs: number;
  readonly #playback: Playback | undefined;
  readonly #splitter = frameSplitter();
  #queue: Int16Array[] = [];
  /** When frame 0 would have started to play, given the frames sent so far. */
  #originMs = 0;
  #sent = 0;
  #timer: NodeJS.Timeout | undefined;
  #complete = false;
  #stoppedAtMs: number | undefined;
  #waiting: (() => void)[] = [];

  /** @param playback the far end's own account, when it gives one; else playing is estimated from the clock. */
  constructor(send: (frame: Int16Array) => void, nowMs: () => number, aheadMs: number, playback?: Playback) {
    this.#send = send;
    this.#nowMs = nowMs;
    this.#aheadMs = aheadMs;
    this.#playback = playback;
  }

  /** Queues audio of any length. */
  write(samples: Int16Array): void {
    this.#enqueue(this.#splitter.push(samples));
  }

  /** No more audio will come. Resolves when the last frame has been handed over, or on `stop`. */
  allSent(): Promise<void> {
    this.#enqueue(this.#splitter.flush());
    this.#complete = true;
    if (this.#stoppedAtMs !== undefined || this.#queue.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** After `allSent`: resolves when the last frame has been played at the caller's end, or on `stop`. */
  played(): Promise<void> {
    const lateMs = this.#playback?.lateMs ?? 0;
    const leftMs = this.#originMs + this.#sent * FRAME_MS + lateMs - this.#nowMs();
    if (this.#stoppedAtMs !== undefined || this.#sent === 0 || leftMs <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#timer = setTimeout(() => this.#release(), Math.ceil(leftMs));
      void this.#playback?.reached(this.#sent).then(() => this.#release());
    });
  }

  /** Samples whose playing has finished, by now or by the stop: as reported, or else estimated from the clock. */
  playedSamples(): number {
    const byClock = Math.floor(((this.#stoppedAtMs ?? this.#nowMs()) - this.#originMs) / FRAME_MS);
    const frames = this.#playback?.playedFrames() ?? byClock;
    return Math.max(0, Math.min(this.#sent, frames)) * FRAME_SAMPLES;
  }

  /** Not one more frame leaves. */
  stop(): void {
    this.#stoppedAtMs ??= this.#nowMs();
    this.#queue = [];
    this.#release();
  }

  #enqueue(frames: readonly Int16Array[]): void {
    if (this.#stoppedAtMs !== undefined || frames.length === 0) return;
    this.#queue.push(...frames);
    if (this.#timer === undefined) this.#pump();
  }

  #pump(): void {
    this.#timer = undefined;
    const now = this.#nowMs();
    if (this.#originMs + this.#sent * FRAME_MS < now) this.#originMs = now - this.#sent * FRAME_MS;
    const due = Math.ceil((now + this.#aheadMs - this.#originMs) / FRAME_MS) - this.#sent;
    const frames = this.#queue.splice(0, due);
    this.#sent += frames.length;
    for (const frame of frames) this.#send(frame);
    if (this.#queue.length > 0) {
      this.#timer = setTimeout(() => this.#pump(), Math.max(1, Math.floor(this.#nextInMs()) + 1));
    } else if (this.#complete) this.#release();
  }

  /** Until the next batch is due. At least half of what is handed over early stays at the caller's end meanwhile. */
  #nextInMs(): number {
    const spare = Math.floor(this.#aheadMs / 2 / FRAME_MS);
    const batch = Math.max(1, Math.min(BATCH_FRAMES, spare + 1, this.#queue.length));
    return this.#originMs + (this.#sent + batch - 1) * FRAME_MS - this.#aheadMs - this.#nowMs();
  }

  #release(): void {
    clearTimeout(this.#timer);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
