/** Speech recognition that survives its engine: a second one hears the same utterance when the first is late or fails. */
import { FRAME_MS, ProviderError, type Recognition, type SpeechToText } from '../../ports.js';
import type { Circuit } from './circuit.js';
import { firstGood } from './first-good.js';

export interface FailoverSpeechToTextOptions {
  primary: SpeechToText;
  circuit: Circuit;
  /** The engine that stands in; null where there is none (yet). Asked anew for every utterance. */
  fallback: () => SpeechToText | null;
  /** From the end of the utterance: when the primary has not answered by then the fallback is asked too. Milliseconds. */
  answerMs: number;
}

/** An utterance is cut at 60 s by turn-taking (domain/turntaking/rules.ts); what goes beyond is not kept for a replay. */
const KEPT_MS = 60_000;

/**
 * While the circuit is open the fallback hears the caller from the first frame on; without a fallback the primary is
 * tried all the same, because listening costs no caller a wait. `close` closes neither engine: they have other users.
 * @throws ProviderError from `finish`: the primary's, when nobody understood.
 */
export function createFailoverSpeechToText(options: FailoverSpeechToTextOptions): SpeechToText {
  const { primary, circuit, fallback } = options;
  return {
    name: primary.name,
    start() {
      const other = circuit.allows ? null : fallback();
      return other ? other.start() : new FailoverRecognition(options);
    },
    prewarm: () => primary.prewarm?.(),
    close: () => Promise.resolve(),
  };
}

class FailoverRecognition implements Recognition {
  readonly partial?: () => string;
  readonly #options: FailoverSpeechToTextOptions;
  readonly #primary: Recognition;
  #second: Recognition | undefined;
  #frames: Int16Array[] = [];
  readonly #cancelled = new AbortController();

  constructor(options: FailoverSpeechToTextOptions) {
    this.#options = options;
    const primary = options.primary.start();
    this.#primary = primary;
    if (primary.partial) this.partial = () => primary.partial?.() ?? '';
  }

  push(frame: Int16Array): void {
    if (this.#cancelled.signal.aborted) return;
    this.#primary.push(frame);
    if (this.#frames.length * FRAME_MS < KEPT_MS) this.#frames.push(frame);
  }

  async finish(signal: AbortSignal): Promise<string> {
    const either = AbortSignal.any([signal, this.#cancelled.signal]);
    const primary = { answered: false };
    try {
      return await firstGood({
        first: async (upstream) => {
          const words = await this.#primary.finish(upstream);
          primary.answered = true;
          return words;
        },
        second: () => this.#replay(),
        // Silence heard by the weaker engine is no answer while the better one may still have words.
        isGood: (words) => words !== '',
        afterMs: this.#options.answerMs,
        signal: either,
      });
    } finally {
      if (primary.answered) this.#options.circuit.succeeded();
      // Whether it failed, hung or only came second: the caller had to wait for it in vain.
      else if (!either.aborted || signal.reason instanceof ProviderError) this.#options.circuit.failed();
      this.cancel();
    }
  }

  cancel(): void {
    if (this.#cancelled.signal.aborted) return;
    this.#cancelled.abort(new DOMException('The recognition was cancelled.', 'AbortError'));
    this.#frames = [];
    this.#primary.cancel();
    this.#second?.cancel();
  }

  /** Gives the whole utterance to the fallback, as fast as that takes it; undefined where there is none. */
  #replay(): ((signal: AbortSignal) => Promise<string>) | undefined {
    const recognition = this.#options.fallback()?.start();
    if (!recognition) return undefined;
    this.#second = recognition;
    for (const frame of this.#frames) recognition.push(frame);
    return (signal) => recognition.finish(signal);
  }
}
