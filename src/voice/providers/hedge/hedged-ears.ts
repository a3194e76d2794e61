/** Speech recognition that hears an utterance again, over another connection, when its words are late or do not come. */
import { FRAME_MS, type Recognition, type SpeechToText } from '../../ports.js';
import { firstGood } from '../resilience/first-good.js';
import { Patience } from './patience.js';

/** Words come 50 to 300 ms after the last one was said, from engines that listen along. */
const ears = { leastMs: 150, mostMs: 800 };
/** An utterance is cut at 60 s by turn-taking (domain/turntaking/rules.ts); what goes beyond is not kept for a replay. */
const KEPT_FRAMES = 60_000 / FRAME_MS;

/** @throws ProviderError from `finish`: that of the first connection, when neither gave words. */
export function hedgedSpeechToText(engine: SpeechToText): SpeechToText {
  const patience = new Patience(ears);
  return { ...engine, start: () => new HedgedRecognition(engine, patience) };
}

class HedgedRecognition implements Recognition {
  readonly partial?: () => string;
  readonly #engine: SpeechToText;
  readonly #patience: Patience;
  readonly #first: Recognition;
  #second: Recognition | undefined;
  #frames: Int16Array[] = [];
  #over = false;

  constructor(engine: SpeechToText, patience: Patience) {
    this.#engine = engine;
    this.#patience = patience;
    const first = engine.start();
    this.#first = first;
    if (first.partial) this.partial = () => first.partial?.() ?? '';
  }

  push(frame: Int16Array): void {
    if (this.#over) return;
    this.#first.push(frame);
    if (this.#frames.length < KEPT_FRAMES) this.#frames.push(frame);
  }

  async finish(signal: AbortSignal): Promise<string> {
    const sinceMs = performance.now();
    try {
      const words = await firstGood({
        first: (upstream) => this.#first.finish(upstream),
        second: () => this.#again(),
        isGood: () => true,
        afterMs: this.#patience.limitMs,
        signal,
      });
      this.#patience.observe(performance.now() - sinceMs);
      return words;
    } finally {
      this.cancel();
    }
  }

  cancel(): void {
    this.#over = true;
    this.#frames = [];
    this.#first.cancel();
    this.#second?.cancel();
  }

  /** The whole utterance once more, as fast as it goes. */
  #again(): ((signal: AbortSignal) => Promise<string>) | undefined {
    if (this.#over || !this.#patience.spend()) return undefined;
    const recognition = this.#engine.start();
    this.#second = recognition;
    for (const frame of this.#frames) recognition.push(frame);
    return (signal) => recognition.finish(signal);
  }
}
