/** Speech that survives its engine: another voice goes on in the same clause when the first is late, stalls or fails. */
import { ProviderError, SAMPLE_RATE_HZ, type TextToSpeech } from '../../ports.js';
import { readWithin } from '../../session/deadline.js';
import type { Circuit } from './circuit.js';

export interface FailoverTextToSpeechOptions {
  primary: TextToSpeech;
  circuit: Circuit;
  /** The voice that stands in; null where there is none (yet). Asked anew for every clause. */
  fallback: () => TextToSpeech | null;
  /** Longest wait for sound: the first of a clause, and again between two chunks. Milliseconds. */
  firstAudioMs: number;
}

/** An unhurried voice says some 15 characters a second: what is believed before the primary has spoken a whole clause. */
const USUAL_SAMPLES_PER_CHAR = SAMPLE_RATE_HZ / 15;
/** Shorter clauses are mostly the pauses around them. */
const TELLING_CHARS = 20;

/**
 * While the circuit is open the fallback speaks at once; without a fallback `speak` rejects at once, and the session has
 * its own way out. `close` closes neither engine: they have other users.
 * @throws ProviderError from `speak`: the primary's without a fallback, else the fallback's. Aborting rejects with the
 * signal's reason.
 */
export function createFailoverTextToSpeech(options: FailoverTextToSpeechOptions): TextToSpeech {
  const { primary, circuit, fallback, firstAudioMs } = options;
  const limits = { firstMs: firstAudioMs, nextMs: firstAudioMs, totalMs: Infinity };
  let samplesPerChar = USUAL_SAMPLES_PER_CHAR;
  return {
    name: primary.name,
    async *speak(text, signal) {
      let samples = 0;
      let failure: unknown = new ProviderError('tts', 'unavailable', 'No speech engine answers at present.');
      if (circuit.allows) {
        try {
          for await (const chunk of readWithin('tts', limits, signal, (inner) =>
            sounds(primary.speak(text, inner)),
          )) {
            samples += chunk.length;
            yield chunk;
          }
          if (samples === 0) throw new ProviderError('tts', 'garbage', 'The speech engine gave no audio.');
          circuit.succeeded();
          if (text.length >= TELLING_CHARS) samplesPerChar += (samples / text.length - samplesPerChar) / 4;
          return;
        } catch (error) {
          signal.throwIfAborted();
          circuit.failed();
          failure = error;
        }
      }
      const voice = fallback();
      if (!voice) throw failure;
      const rest = restOf(text, samples / samplesPerChar);
      if (rest !== '') yield* voice.speak(rest, signal);
    },
    prewarm: () => primary.prewarm?.(),
    close: () => Promise.resolve(),
  };
}

/** Chunks with sound in them: an engine that keeps sending empty ones is as good as silent. */
async function* sounds(chunks: AsyncIterable<Int16Array>): AsyncGenerator<Int16Array, void, undefined> {
  for await (const chunk of chunks) if (chunk.length > 0) yield chunk;
}

/** So near the end the estimate says as well that all was said: a last word said twice is worse than trusting it. */
const ALL_BUT_SAID = 0.95;

/**
 * The words of a clause that have not sounded, by proportion: a word that was cut off is said again whole, and none is
 * left out.
 * @param charsSpoken how much of the text the sound so far stands for.
 */
export function restOf(text: string, charsSpoken: number): string {
  if (charsSpoken <= 0) return text;
  if (charsSpoken >= text.length * ALL_BUT_SAID) return '';
  const words = text.split(/\s+/).filter((word) => word !== '');
  let chars = 0;
  const next = words.findIndex((word) => (chars += word.length + 1) > charsSpoken);
  return next < 0 ? '' : words.slice(next).join(' ');
}
