import { concatSamples } from '../../src/voice/audio/pcm.js';
import { loadVad } from '../../src/voice/audio/vad.js';
import { createLocalTextToSpeech, type LocalVoice } from '../../src/voice/providers/local/text-to-speech.js';
import type { Logger } from '../../src/telemetry/logger.js';
import type { Answer } from './corpus.js';

export interface Spoken {
  answer: Answer;
  audio: readonly Int16Array[];
}

/** Share of the loudest sample (−34 dB): flite lets single words fade for up to 150 ms, which would lengthen each pause. */
const EDGE = 0.02;

/** Says every part by itself, with the machine's own voices. Loads the voice detector, too. */
export async function speakAll(
  answers: readonly Answer[],
  voices: readonly LocalVoice[],
  logger: Logger,
): Promise<Spoken[]> {
  await loadVad();
  const all: Spoken[] = [];
  for (const voice of voices) {
    const tts = createLocalTextToSpeech({ logger, voice });
    try {
      for (const answer of answers) {
        const audio: Int16Array[] = [];
        for (const part of answer.parts) {
          const pieces: Int16Array[] = [];
          for await (const piece of tts.speak(part, AbortSignal.timeout(30_000))) pieces.push(piece);
          audio.push(trimmed(concatSamples(pieces)));
        }
        all.push({ answer, audio });
      }
    } finally {
      await tts.close();
    }
  }
  return all;
}

function trimmed(samples: Int16Array): Int16Array {
  const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  const loud = (sample: number): boolean => Math.abs(sample) > peak * EDGE;
  const from = samples.findIndex(loud);
  return from < 0 ? samples : samples.slice(from, samples.findLastIndex(loud) + 1);
}
