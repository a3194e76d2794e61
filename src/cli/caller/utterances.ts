import { readFile } from 'node:fs/promises';
import { createLogger } from '../../telemetry/logger.js';
import { createVad, loadVad } from '../../voice/audio/vad.js';
import { loadResampler } from '../../voice/audio/resampler.js';
import { parseWav } from '../../voice/audio/wav.js';
import { concatSamples } from '../../voice/audio/pcm.js';
import { FRAME_MS, FRAME_SAMPLES, type TextToSpeech } from '../../voice/ports.js';
import { createLocalTextToSpeech } from '../../voice/providers/local/text-to-speech.js';
import type { Utterance } from './utterance.js';
import type { CallerScript } from './script.js';

/** Pause that separates two things a recorded caller says. */
const PAUSE_MS = 700;

/** The script's turns, with their sound or to be typed. The voice is gone before the call, which so waits for nothing. */
export async function utterancesOf(
  script: CallerScript,
  { spoken }: { spoken: boolean },
): Promise<Utterance[]> {
  if (!spoken) return turnsOf(script, null);
  const voice = createLocalTextToSpeech({ voice: script.voice, logger: createLogger('silent', 'caller') });
  try {
    return await turnsOf(script, voice);
  } finally {
    await voice.close();
  }
}

async function turnsOf(script: CallerScript, voice: TextToSpeech | null): Promise<Utterance[]> {
  const made: Utterance[] = [];
  for (const turn of script.turns) {
    const sound = voice ? { audio: await soundOf(voice, turn.caller) } : {};
    made.push({
      text: turn.caller,
      ...sound,
      ...(turn.hears === undefined ? {} : { hears: turn.hears }),
      ...(turn.event === 'caller_hangup' ? { hangUpAfter: true } : {}),
    });
  }
  return made;
}

async function soundOf(voice: TextToSpeech, text: string): Promise<Int16Array> {
  const chunks: Int16Array[] = [];
  for await (const chunk of voice.speak(text, AbortSignal.timeout(20_000))) chunks.push(chunk);
  return concatSamples(chunks);
}

/**
 * Cuts a recording of the caller's side at its pauses into utterances.
 * @throws Error naming the file when it is no PCM WAV, or when nobody speaks in it.
 */
export async function utterancesOfWav(path: string): Promise<Utterance[]> {
  await Promise.all([loadVad(), loadResampler()]);
  const samples = parseWav(await readFile(path));
  const vad = createVad({ mode: 2 });
  const utterances: Utterance[] = [];
  let current: Int16Array[] = [];
  let silentMs = Number.POSITIVE_INFINITY;
  const cut = (): void => {
    if (current.length > 0)
      utterances.push({ text: `(recording, part ${utterances.length + 1})`, audio: concatSamples(current) });
    current = [];
  };
  for (let at = 0; at + FRAME_SAMPLES <= samples.length; at += FRAME_SAMPLES) {
    const frame = samples.slice(at, at + FRAME_SAMPLES);
    silentMs = vad.isVoiced(frame) ? 0 : silentMs + FRAME_MS;
    if (silentMs < PAUSE_MS) current.push(frame);
    else cut();
  }
  cut();
  vad.close();
  if (utterances.length === 0) throw new Error(`${path}: nobody speaks in this recording`);
  return utterances;
}
