/** The caller's loudspeaker: what sounded when, in what voice, and how long it was silent. */
import { ToneReader } from '../../standins/openai/tone-code/decode.js';
import { samplesFromBytes } from '../../src/voice/audio/pcm.js';
import { FRAME_MS, SAMPLE_RATE_HZ } from '../../src/voice/ports.js';

interface Played {
  atMs: number;
  audible: boolean;
  samples: Int16Array;
}

/** A part of what was heard. */
export interface Passage {
  /** First and last sound, on the caller's clock; null when nothing sounded. */
  fromMs: number | null;
  toMs: number | null;
  longestSilenceMs: number;
  /** What can be read of it: the server's voice speaks in tones, the local one in speech. */
  words: string;
}

/** Root mean square of a frame that a person hears; speech is in the thousands. */
const AUDIBLE_RMS = 150;
export class Heard {
  readonly #frames: Played[] = [];
  #playheadMs = 0;

  /** A frame has come: it plays at once, or after those before it. */
  take(bytes: Buffer, nowMs: number): void {
    const samples = samplesFromBytes(bytes);
    const atMs = Math.max(nowMs, this.#playheadMs);
    this.#playheadMs = atMs + FRAME_MS;
    this.#frames.push({ atMs, audible: rmsOf(samples) > AUDIBLE_RMS, samples });
  }

  /** What has not been played is dropped. */
  clear(nowMs: number): void {
    while ((this.#frames.at(-1)?.atMs ?? 0) > nowMs) this.#frames.pop();
    this.#playheadMs = nowMs;
  }

  /** When the last sound so far ends. */
  get quietSinceMs(): number {
    const last = this.#frames.findLast(({ audible }) => audible);
    return last ? last.atMs + FRAME_MS : 0;
  }

  between(fromMs: number, toMs: number): Passage {
    const frames = this.#frames.filter(({ atMs }) => atMs >= fromMs && atMs < toMs);
    const audible = frames.filter((frame) => frame.audible);
    const first = audible[0];
    const last = audible.at(-1);
    const silences = audible.map(
      ({ atMs }, at) => atMs - (at > 0 ? (audible[at - 1]?.atMs ?? 0) + FRAME_MS : fromMs),
    );
    return {
      fromMs: first?.atMs ?? null,
      toMs: last ? last.atMs + FRAME_MS : null,
      longestSilenceMs: Math.max(...silences, first ? 0 : toMs - fromMs),
      words: wordsOf(frames),
    };
  }
}

function wordsOf(frames: readonly Played[]): string {
  const reader = new ToneReader(SAMPLE_RATE_HZ);
  const texts = frames.map(({ samples }) => reader.push(samples)).join('');
  return texts.replace(/\s+/g, ' ').trim();
}

const rmsOf = (samples: Int16Array): number =>
  Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / Math.max(1, samples.length));
