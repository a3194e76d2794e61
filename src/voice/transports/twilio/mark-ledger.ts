/**
 * What the far end has played, from the marks it echoes. One mark follows each batch of frames. `clear` makes the far
 * end echo the marks of audio it threw away, so marks carry a generation and those of an older one count for nothing.
 */
import type { Playback } from '../../session/link.js';

/** `generation.frame`, frames counted from 1 within their generation. */
const NAME = /^(\d{1,9})\.(\d{1,9})$/;

/** Marks travel, and the network holds audio back to smooth it: this much later than the clock they still count. */
const LATE_MS = 2_000;

interface Waiter {
  frame: number;
  resolve: () => void;
}

export class MarkLedger {
  #generation = 1;
  #sent = 0;
  #played = 0;
  #waiting: Waiter[] = [];

  /** A frame is being sent. @returns the name of the mark that stands behind it, and so for all before it. */
  sent(): string {
    this.#sent += 1;
    return `${this.#generation}.${this.#sent}`;
  }

  /** The far end echoed a mark: everything before it has been played. Names we never gave change nothing. */
  echoed(name: string): void {
    const [, generation, frame] = NAME.exec(name) ?? [];
    if (Number(generation) !== this.#generation) return;
    const played = Number(frame);
    if (played <= this.#played || played > this.#sent) return;
    this.#played = played;
    const ready = this.#waiting.filter((waiter) => waiter.frame <= played);
    this.#waiting = this.#waiting.filter((waiter) => waiter.frame > played);
    for (const { resolve } of ready) resolve();
  }

  /** The far end is told to throw away what it has not played. */
  cleared(): void {
    this.#generation += 1;
    this.#sent = 0;
    this.#played = 0;
    // Nobody waits for audio that was thrown away: a reply is stopped before its audio is cleared.
    this.#waiting = [];
  }

  /** An account of the frames sent from now until the next `cleared`. */
  open(): Playback {
    const generation = this.#generation;
    const before = this.#sent;
    return {
      lateMs: LATE_MS,
      playedFrames: () => (generation === this.#generation ? Math.max(0, this.#played - before) : 0),
      reached: (frames) =>
        new Promise((resolve) => {
          const frame = before + frames;
          if (generation !== this.#generation) return;
          if (frame <= this.#played) resolve();
          else this.#waiting.push({ frame, resolve });
        }),
    };
  }
}
