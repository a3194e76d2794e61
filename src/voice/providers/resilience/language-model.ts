/** Wording by the first endpoint that begins in time. When none does, the session says the act's own sentence. */
import { ProviderError, type LanguageModel } from '../../ports.js';
import { readWithin } from '../../session/deadline.js';
import type { Circuit } from './circuit.js';

export interface FailoverLanguageModelOptions {
  /** In order of preference. */
  endpoints: readonly { engine: LanguageModel; circuit: Circuit }[];
  /** Longest wait for the first words of each endpoint, in milliseconds. */
  firstTokenMs: number;
}

/** The engine's own stall limit is shorter (providers/openai); this one bounds engines that have none. */
const STALL_MS = 2_500;

/**
 * An endpoint that has begun is not replaced in mid-sentence: the listener has heard its words, and the session ends the
 * act with its own. Endpoints whose circuit is open are passed over; when all are, `word` rejects at once.
 * @throws ProviderError from `word`: the last endpoint's. Aborting rejects with the signal's reason.
 */
export function createFailoverLanguageModel(options: FailoverLanguageModelOptions): LanguageModel {
  const { endpoints, firstTokenMs } = options;
  const limits = { firstMs: firstTokenMs, nextMs: STALL_MS, totalMs: Infinity };
  return {
    name: endpoints[0]?.engine.name ?? 'none',
    async *word(request, signal) {
      let failure: unknown = new ProviderError('llm', 'unavailable', 'No language model answers at present.');
      for (const { engine, circuit } of endpoints) {
        if (!circuit.allows) continue;
        let begun = false;
        try {
          for await (const piece of readWithin('llm', limits, signal, (inner) =>
            engine.word(request, inner),
          )) {
            begun ||= piece !== '';
            yield piece;
          }
          circuit.succeeded();
          return;
        } catch (error) {
          signal.throwIfAborted();
          circuit.failed();
          if (begun) throw error;
          failure = error;
        }
      }
      throw failure;
    },
    prewarm(instructions) {
      for (const { engine, circuit } of endpoints) if (circuit.allows) engine.prewarm?.(instructions);
    },
    close: () => Promise.resolve(),
  };
}
