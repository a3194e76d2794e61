/** Engines that behave as a test orders, behind the ports. */
import {
  ProviderError,
  type LanguageModel,
  type Recognition,
  type SpeechToText,
  type TextToSpeech,
  type WordingRequest,
} from '../../../../src/voice/ports.js';
import { createCircuit, type Circuit } from '../../../../src/voice/providers/resilience/circuit.js';
import { silentLogger } from '../../../support/log.js';

export const never = new AbortController().signal;

export const request: WordingRequest = {
  instructions: 'Be brief.',
  history: [],
  act: { kind: 'ask', template: 'What is your name?' },
};

/** A promise that only the signal ends: a server that is connected and says nothing. */
export const hang = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });

export const down = (stage: ProviderError['stage']): ProviderError =>
  new ProviderError(stage, 'unavailable', 'It is down.');

/** A circuit whose probes never come to anything: only the rules of calls act. */
export const circuitOf = (stage: ProviderError['stage']): Circuit =>
  createCircuit({ stage, engine: `${stage}-1`, probe: hang, logger: silentLogger });

export interface Ears extends SpeechToText {
  /** Frames heard by each utterance, in order of starting. */
  frames: Int16Array[][];
  finished: number;
  aborted: number;
  cancelled: number;
}

/** @param answer what `finish` does. */
export function ears(answer: (signal: AbortSignal) => Promise<string>): Ears {
  const engine: Ears = {
    name: 'ears',
    frames: [],
    finished: 0,
    aborted: 0,
    cancelled: 0,
    start(): Recognition {
      const frames: Int16Array[] = [];
      engine.frames.push(frames);
      return {
        push: (frame) => void frames.push(frame),
        finish: (signal) => {
          engine.finished += 1;
          signal.addEventListener('abort', () => (engine.aborted += 1), { once: true });
          return answer(signal);
        },
        cancel: () => void (engine.cancelled += 1),
      };
    },
    close: () => Promise.resolve(),
  };
  return engine;
}

export interface Voice extends TextToSpeech {
  asked: string[];
}

/** Speaks `samplesPerChar` of one value for each character. @param breaks after so many chunks it does this instead. */
export function voice(
  value: number,
  samplesPerChar: number,
  breaks?: { afterChars: number; how: (signal: AbortSignal) => Promise<never> },
): Voice {
  const engine: Voice = {
    name: `voice-${value}`,
    asked: [],
    async *speak(text, signal) {
      engine.asked.push(text);
      for (let at = 0; at < text.length; at += 1) {
        if (at === breaks?.afterChars) await breaks.how(signal);
        yield await Promise.resolve(new Int16Array(samplesPerChar).fill(value));
      }
    },
    close: () => Promise.resolve(),
  };
  return engine;
}

export interface Model extends LanguageModel {
  asked: number;
}

/** Says these pieces, then does `after`. */
export function model(pieces: readonly string[], after?: (signal: AbortSignal) => Promise<never>): Model {
  const engine: Model = {
    name: 'model',
    asked: 0,
    async *word(_request, signal) {
      engine.asked += 1;
      for (const piece of pieces) yield await Promise.resolve(piece);
      if (after) await after(signal);
    },
    close: () => Promise.resolve(),
  };
  return engine;
}

export async function all<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const pieces: T[] = [];
  for await (const piece of stream) pieces.push(piece);
  return pieces;
}
