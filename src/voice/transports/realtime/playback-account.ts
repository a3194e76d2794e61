import { FRAME_MS } from '../../ports.js';
import type { Playback } from '../../session/link.js';

/** The client hears of the interruption, stops its speaker and tells: a few round trips on a bad line. */
const CORRECTION_MS = 1_000;

/**
 * What the client has played of one reply. A realtime client tells only when it has cut a reply off
 * (`conversation.item.truncate`); until then the clock does, a little late, because the client's own buffer is behind.
 */
export class PlaybackAccount implements Playback {
  /** Network and the buffer of a browser or a telephone gateway. Longer would hold up the end of every reply. */
  readonly lateMs = 200;
  readonly correction: { withinMs: number; told: Promise<void> };
  #resolve: () => void = () => undefined;
  #frames: number | undefined;

  constructor() {
    const told = new Promise<void>((resolve) => {
      this.#resolve = resolve;
    });
    this.correction = { withinMs: CORRECTION_MS, told };
  }

  /** The client has played so much of the reply and no more. */
  told(audioEndMs: number): void {
    this.#frames = Math.floor(audioEndMs / FRAME_MS);
    this.#resolve();
  }

  playedFrames(): number | undefined {
    return this.#frames;
  }

  /** No client reports the end of what it plays. */
  reached(): Promise<void> {
    return new Promise(() => undefined);
  }
}
