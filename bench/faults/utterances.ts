import type { Logger } from '../../src/telemetry/logger.js';
import { bytesFromSamples, concatSamples, frameSplitter } from '../../src/voice/audio/pcm.js';
import { createLocalTextToSpeech } from '../../src/voice/providers/local/text-to-speech.js';
import { utterancesOf } from '../voice/utterances.js';

/** What the caller says, as frames of the native transport. */
export interface Utterances {
  /** In a voice: for those who understand speech. */
  spoken: Buffer[][];
  /** In tones: for the stand-in server. */
  tones: Buffer[][];
}

const lines = [
  'my landlord changed the locks on thursday',
  'he has not answered the telephone since then',
  'all my things are still in the apartment',
  'i paid the rent every month',
];
const TONE_MS = 1_500;

/** @throws ProviderError when the local voice cannot be had. */
export async function createUtterances(logger: Logger): Promise<Utterances> {
  const voice = createLocalTextToSpeech({ voice: 'rms', logger });
  try {
    const spoken: Buffer[][] = [];
    for (const line of lines) {
      const chunks: Int16Array[] = [];
      for await (const chunk of voice.speak(line, AbortSignal.timeout(30_000))) chunks.push(chunk.slice());
      spoken.push(framesOf(trimmed(concatSamples(chunks))));
    }
    return { spoken, tones: utterancesOf(TONE_MS).map((frames) => frames.map(({ pcm }) => pcm)) };
  } finally {
    await voice.close();
  }
}

const LOUD = 300;

/** The caller's last word is the last frame: without the silence that the voice adds. */
function trimmed(samples: Int16Array): Int16Array {
  return samples.subarray(0, samples.findLastIndex((sample) => Math.abs(sample) > LOUD) + 1);
}

function framesOf(samples: Int16Array): Buffer[] {
  const splitter = frameSplitter();
  return [...splitter.push(samples), ...splitter.flush()].map((frame) =>
    Buffer.from(bytesFromSamples(frame)),
  );
}
