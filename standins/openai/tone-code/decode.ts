import { END, START } from './alphabet.js';
import { READING_RATE_HZ, WINDOW, loudestSymbol, shareOf } from './tones.js';

/** The start mark is looked for at every millisecond. */
const SEARCH_STEP = READING_RATE_HZ / 1_000;
/** Share of its window that a symbol must hold. Clean sound reaches 1, mu-law 0.98; real speech stays under 0.5. */
const SURE = 0.7;
/** So many unreadable symbols in a row (100 ms) end a text that was cut short; fewer are a gap in it. */
const GAP_SYMBOLS = 5;

/** Reads tone-coded text out of a stream of sound, whatever comes before, between and after. */
export class ToneReader {
  private readonly decimate: (samples: Int16Array) => Float64Array;
  private sound = new Float64Array(0);
  private utf8 = new TextDecoder();
  private reading = false;
  private unreadable = 0;
  private texts = 0;

  /** @param rateHz rate of the samples pushed, 8,000 or more. */
  constructor(rateHz: number) {
    this.decimate = createDecimator(rateHz);
  }

  /** Takes the next samples. @returns the text they complete, '' mostly; a space sets a second text apart. */
  push(samples: Int16Array): string {
    this.sound = joined(this.sound, this.decimate(samples));
    let text = '';
    for (;;) {
      if (!this.reading) {
        if (!this.findStart()) return text;
        if (this.texts > 1) text += ' ';
      }
      text += this.read();
      if (this.reading) return text;
    }
  }

  /** Moves to the first byte after a start mark. @returns false when the sound so far holds none. */
  private findStart(): boolean {
    let at = 0;
    // Twice the window: whether the fit at one place is the best is only known from the places after it.
    for (; at + 2 * WINDOW <= this.sound.length; at += SEARCH_STEP) {
      if (shareOf(START, this.sound, at) < SURE) continue;
      this.sound = this.sound.subarray(this.bestFit(at) + WINDOW);
      this.utf8 = new TextDecoder();
      this.unreadable = 0;
      this.texts += 1;
      this.reading = true;
      return true;
    }
    this.sound = this.sound.subarray(at);
    return false;
  }

  private bestFit(from: number): number {
    let best = from;
    for (let at = from; at < from + WINDOW; at += 1) {
      if (shareOf(START, this.sound, at) > shareOf(START, this.sound, best)) best = at;
    }
    return best;
  }

  /** Reads as many whole symbols as there are. */
  private read(): string {
    const bytes: number[] = [];
    while (this.reading && this.sound.length >= WINDOW) {
      const { symbol, share } = loudestSymbol(this.sound, 0);
      this.sound = this.sound.subarray(WINDOW);
      this.unreadable = share < SURE ? this.unreadable + 1 : 0;
      this.reading = (share < SURE || symbol !== END) && this.unreadable < GAP_SYMBOLS;
      if (this.reading && share >= SURE) bytes.push(symbol);
    }
    return this.utf8.decode(Uint8Array.from(bytes), { stream: this.reading });
  }
}

/** All the text in a finished recording; '' when it is not tone-coded. */
export function readTones(samples: Int16Array, rateHz: number): string {
  return new ToneReader(rateHz).push(samples);
}

/**
 * Keeps as many samples as the reader needs. No filter goes before it, because the tones lie below 4 kHz anyway and what
 * folds back from other sounds only makes them less readable.
 */
function createDecimator(rateHz: number): (samples: Int16Array) => Float64Array {
  if (rateHz === READING_RATE_HZ) return (samples) => Float64Array.from(samples);
  const step = rateHz / READING_RATE_HZ;
  let next = 0;
  return (samples) => {
    const kept: number[] = [];
    for (; Math.round(next) < samples.length; next += step) kept.push(samples[Math.round(next)] ?? 0);
    next -= samples.length;
    return Float64Array.from(kept);
  };
}

function joined(first: Float64Array, second: Float64Array): Float64Array<ArrayBuffer> {
  const all = new Float64Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}
