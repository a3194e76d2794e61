/** Speech from any server that speaks `POST /audio/speech`, or from a realtime conversation model. */
import { loadResampler } from '../../audio/resampler.js';
import { ProviderError, type TextToSpeech } from '../../ports.js';
import { openConnection, type Endpoint } from './connection.js';
import type { Feed } from './feed.js';
import { httpSpeech } from './http-speech.js';
import { withinLimits, type Limits } from './limits.js';
import { RealtimeSocket, type SocketListener } from './realtime-socket.js';
import { realtimeSpeech } from './realtime-speech.js';
import { realtimeUrl } from './realtime-url.js';
import { SpareSockets } from './spare-sockets.js';
import { speechSession } from './speech-session.js';

export interface OpenAiTextToSpeechOptions extends Endpoint {
  model: string;
  voice: string;
  /** `speech` (default) is `/audio/speech`; `realtime` has a conversation model read aloud. */
  api?: 'speech' | 'realtime';
  /** Rate of the `pcm` format of `/audio/speech` in hertz; the API says 24,000 and most servers follow. */
  sampleRateHz?: number;
  /** Longest wait for the first sound, in milliseconds. */
  firstByteTimeoutMs?: number;
  /** Longest wait between two chunks of sound, in milliseconds. */
  stallTimeoutMs?: number;
  /** Most realtime sockets that wait for the next text; 0 for none. */
  spareSockets?: number;
  /** How long such a socket is kept unused, in milliseconds. */
  spareMaxAgeMs?: number;
}

const API_SAMPLE_RATE_HZ = 24_000;
/** As for the language model: fallback included, a caller must never hear 5 s of silence. */
const defaults: Limits = { firstMs: 3_000, stallMs: 2_000 };
/** As many as one edge takes calls by default. */
const DEFAULT_SPARES = 200;
/** Longer than most turns of a caller, and short enough that calls that have ended leave little behind. */
const DEFAULT_SPARE_MAX_AGE_MS = 60_000;

/**
 * Resolves once the resampler is loaded; no connection is made yet.
 * @throws TypeError when `baseUrl` is not a URL. From `speak`, ProviderError: `timeout` (no sound in time, or a stall),
 * `unavailable` (connection, 429, 5xx), `refused` (key, model, voice, text too long), `garbage` (not raw PCM, no sound
 * at all, or a model that says something else). Aborting rejects with the signal's reason and closes the request or
 * socket upstream.
 */
export async function createOpenAiTextToSpeech(options: OpenAiTextToSpeechOptions): Promise<TextToSpeech> {
  await loadResampler();
  const limits: Limits = {
    firstMs: options.firstByteTimeoutMs ?? defaults.firstMs,
    stallMs: options.stallTimeoutMs ?? defaults.stallMs,
  };
  return options.api === 'realtime' ? overRealtime(options, limits) : overHttp(options, limits);
}

function overHttp(options: OpenAiTextToSpeechOptions, limits: Limits): TextToSpeech {
  const connection = openConnection(options);
  const { model, voice, sampleRateHz = API_SAMPLE_RATE_HZ } = options;
  const settings = { model, voice, sampleRateHz };
  return {
    name: `openai:${model}`,
    speak: (text, signal) =>
      withinLimits(
        'tts',
        (upstream) => httpSpeech(connection.client, settings, text, upstream),
        limits,
        signal,
      ),
    prewarm: () => connection.prewarm(),
    close: () => connection.close(),
  };
}

function overRealtime(options: OpenAiTextToSpeechOptions, limits: Limits): TextToSpeech {
  const { baseUrl, apiKey, model, voice } = options;
  const socketOptions = {
    stage: 'tts' as const,
    url: realtimeUrl(baseUrl, { model }),
    apiKey,
    timeoutMs: limits.firstMs,
    session: (generation: 'ga' | 'beta') => speechSession(generation, voice),
  };
  const sockets = new SpareSockets({
    open: (listener: SocketListener) => new RealtimeSocket(socketOptions, listener),
    cap: options.spareSockets ?? DEFAULT_SPARES,
    maxAgeMs: options.spareMaxAgeMs ?? DEFAULT_SPARE_MAX_AGE_MS,
    returned: true,
  });
  const running = new Set<Feed<string>>();
  const speaker = { sockets, running };
  return {
    name: `openai:${model}`,
    speak: (text, signal) =>
      withinLimits('tts', (upstream) => realtimeSpeech(speaker, text, upstream), limits, signal),
    prewarm: () => sockets.prewarm(),
    close() {
      sockets.close();
      const closed = new ProviderError('tts', 'unavailable', 'The provider was closed.');
      for (const sounds of running) sounds.fail(closed);
      return Promise.resolve();
    },
  };
}
