/** Speech from any server that speaks `POST /audio/speech` and streams raw PCM. */
import type OpenAI from 'openai';
import { createSampleReader } from '../../audio/pcm.js';
import { createResampler, loadResampler } from '../../audio/resampler.js';
import { ProviderError, SAMPLE_RATE_HZ, type TextToSpeech } from '../../ports.js';
import { openConnection, type Endpoint } from './connection.js';
import { withinLimits, type Limits } from './limits.js';

export interface OpenAiTextToSpeechOptions extends Endpoint {
  model: string;
  voice: string;
  /** Rate of the server's `pcm` format in hertz; the API says 24,000 and most servers follow. */
  sampleRateHz?: number;
  /** Longest wait for the first sound, in milliseconds. */
  firstByteTimeoutMs?: number;
  /** Longest wait between two chunks of sound, in milliseconds. */
  stallTimeoutMs?: number;
}

const API_SAMPLE_RATE_HZ = 24_000;
/** As for the language model: fallback included, a caller must never hear 5 s of silence. */
const defaults: Limits = { firstMs: 3_000, stallMs: 2_000 };

/**
 * Resolves once the resampler is loaded; no connection is made yet.
 * @throws ProviderError from `speak`: `timeout` (no sound in time, or a stall), `unavailable` (connection, 429, 5xx),
 * `refused` (key, model, voice, text too long), `garbage` (not raw PCM, or no sound at all). Aborting rejects with the
 * signal's reason and closes the request upstream.
 */
export async function createOpenAiTextToSpeech(options: OpenAiTextToSpeechOptions): Promise<TextToSpeech> {
  await loadResampler();
  const connection = openConnection(options);
  const limits: Limits = {
    firstMs: options.firstByteTimeoutMs ?? defaults.firstMs,
    stallMs: options.stallTimeoutMs ?? defaults.stallMs,
  };
  return {
    name: `openai:${options.model}`,
    speak: (text, signal) =>
      withinLimits('tts', (upstream) => speech(connection.client, options, text, upstream), limits, signal),
    prewarm: () => connection.prewarm(),
    close: () => connection.close(),
  };
}

async function* speech(
  client: OpenAI,
  options: OpenAiTextToSpeechOptions,
  text: string,
  signal: AbortSignal,
): AsyncGenerator<Int16Array> {
  const response = await client.audio.speech.create(
    { model: options.model, voice: options.voice, input: text, response_format: 'pcm' },
    { signal },
  );
  const resampler = createResampler(options.sampleRateHz ?? API_SAMPLE_RATE_HZ, SAMPLE_RATE_HZ);
  try {
    const reader = createSampleReader();
    let heard = false;
    for await (const bytes of rawPcm(response)) {
      const samples = resampler.process(reader.push(bytes));
      if (samples.length === 0) continue;
      heard = true;
      yield samples;
    }
    if (!heard) throw new ProviderError('tts', 'garbage', 'The server sent no sound.');
    const tail = resampler.flush();
    if (tail.length > 0) yield tail;
  } finally {
    resampler.close();
  }
}

/** Content types of raw PCM seen in the wild; anything else (mp3, wav, JSON, a proxy's page) would be played as noise. */
const RAW_PCM = /^(audio\/(pcm|l16|raw|x-raw)|application\/octet-stream)\b/i;

function rawPcm(response: Response): AsyncIterable<Uint8Array> {
  const type = response.headers.get('content-type') ?? 'application/octet-stream';
  if (RAW_PCM.test(type) && response.body) return response.body;
  throw new ProviderError('tts', 'garbage', `The server answered ${type} where raw PCM was asked for.`);
}
