/** Where in an utterance there was sound that could be speech. */
import { FRAME_MS } from '../../ports.js';

/** Peak of 16-bit samples, some -40 dBFS: under it is a quiet line, over it may be noise, which then costs little. */
const LOUD = 330;

export class Loudness {
  private atMs = 0;
  private loudMs = 0;

  /** Takes the next frame of 20 ms. */
  push(frame: Int16Array): void {
    this.atMs += FRAME_MS;
    for (const sample of frame) {
      if (sample < LOUD && sample > -LOUD) continue;
      this.loudMs = this.atMs;
      return;
    }
  }

  /** End of the last frame with such a sound, in milliseconds from the start of the utterance; 0 for none. */
  get lastMs(): number {
    return this.loudMs;
  }
}
