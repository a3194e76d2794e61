/** Real speech and real recognition for tests, on the machine's shared cache. */
import { concatSamples, frameSplitter } from '../../../../src/voice/audio/pcm.js';
import type { SpeechToText, TextToSpeech } from '../../../../src/voice/ports.js';
import { ensurePocketsphinx } from '../../../../src/voice/providers/local/speech-cache.js';
import {
  createLocalTextToSpeech,
  type LocalVoice,
} from '../../../../src/voice/providers/local/text-to-speech.js';
import { cacheDirectory } from '../../../../temporal/cache.js';
import { silentLogger } from '../../../support/log.js';

/** All a voice says of a text, PCM16 16 kHz. */
export async function said(tts: TextToSpeech, text: string): Promise<Int16Array> {
  const chunks: Int16Array[] = [];
  for await (const chunk of tts.speak(text, AbortSignal.timeout(15_000))) chunks.push(chunk);
  return concatSamples(chunks);
}

/** A sentence spoken by an engine of its own. */
export async function speech(text: string, voice: LocalVoice): Promise<Int16Array> {
  const tts = createLocalTextToSpeech({ voice, logger: silentLogger });
  try {
    return await said(tts, text);
  } finally {
    await tts.close();
  }
}

/** The recogniser; fetched by pip when this machine has none yet. */
export async function pocketsphinx(): Promise<{ python: string; sitePackages: string }> {
  const found = await ensurePocketsphinx({
    cacheDir: cacheDirectory(process.env),
    onProgress: () => undefined,
  });
  if (!found.ok) throw new Error(found.reason);
  return found;
}

/** What is heard when a recording is pushed as fast as possible. */
export async function heard(stt: SpeechToText, samples: Int16Array): Promise<string> {
  const splitter = frameSplitter();
  const recognition = stt.start();
  for (const frame of [...splitter.push(samples), ...splitter.flush()]) recognition.push(frame);
  return recognition.finish(AbortSignal.timeout(30_000));
}
