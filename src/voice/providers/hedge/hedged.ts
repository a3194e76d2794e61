/** Engines that are asked a second time when they are late to begin, so that one stalled request costs no turn. */
import type { LanguageModel, TextToSpeech } from '../../ports.js';
import { firstBegun } from './first-begun.js';
import { Patience } from './patience.js';

/**
 * Bounds, from what hosted engines take: a first token 200 to 800 ms, a first sound 75 to 300 ms. What lies beyond the
 * upper one is for the engine's own time limit and for whoever stands in.
 */
const model = { leastMs: 250, mostMs: 1_200 };
const voice = { leastMs: 150, mostMs: 800 };

/** @throws from `word`: what the engine throws. A failure is not tried again, only lateness is. */
export function hedgedLanguageModel(engine: LanguageModel): LanguageModel {
  const patience = new Patience(model);
  return {
    ...engine,
    word: (request, signal) =>
      firstBegun({
        open: (inner) => engine.word(request, inner),
        isUseful: (piece) => piece !== '',
        patience,
        signal,
      }),
  };
}

/** @throws from `speak`: what the engine throws. A failure is not tried again, only lateness is. */
export function hedgedTextToSpeech(engine: TextToSpeech): TextToSpeech {
  const patience = new Patience(voice);
  return {
    ...engine,
    speak: (text, signal) =>
      firstBegun({
        open: (inner) => engine.speak(text, inner),
        isUseful: (samples) => samples.length > 0,
        patience,
        signal,
      }),
  };
}
