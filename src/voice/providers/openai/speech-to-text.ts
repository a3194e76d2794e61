/** Speech recognition by any server that speaks the realtime transcription socket or `POST /audio/transcriptions`. */
import { loadResampler } from '../../audio/resampler.js';
import type { Recognition, SpeechToText } from '../../ports.js';
import { openConnection, type Endpoint } from './connection.js';
import type { UplinkFormat } from './audio-uplink.js';
import { RealtimeRecognition } from './realtime-recognition.js';
import type { Generation } from './realtime-greeting.js';
import { RealtimeSocket, type SocketListener } from './realtime-socket.js';
import { realtimeUrl } from './realtime-url.js';
import { RestRecognition } from './rest-recognition.js';
import { SpareSockets } from './spare-sockets.js';
import { transcriptionSession, type TranscriptionSettings } from './transcription-session.js';

export interface OpenAiSpeechToTextOptions extends Endpoint {
  model: string;
  /** `realtime` (default) recognises while the caller speaks; `rest` uploads the utterance afterwards. */
  mode?: 'realtime' | 'rest';
  /** Puts the model into the realtime URL: gateways route by it, api.openai.com opens a conversation instead. */
  modelInUrl?: boolean;
  /** ISO 639-1, `en` by default; null lets the model guess. */
  language?: string | null;
  /** What realtime sockets carry; `pcmu` by default. */
  audioFormat?: UplinkFormat;
  /** Who cuts words into items on a realtime socket; `client` by default. Live models take nothing else. */
  turnDetection?: 'client' | 'server';
  /** Pause at which the server cuts, in milliseconds; by default the server's own. */
  serverSilenceMs?: number;
  /** Most sockets that are connected ahead of need; 0 for none. */
  spareSockets?: number;
  /** How long such a socket is kept unused, in milliseconds. */
  spareMaxAgeMs?: number;
  /** Longest wait for a connection, and again for the transcript once the caller has finished, in milliseconds. */
  timeoutMs?: number;
}

/** Fallback included, a caller must never hear 5 s of silence; a transcript takes some 100 ms when all is well. */
const DEFAULT_TIMEOUT_MS = 3_000;
/** As many as one edge takes calls by default. */
const DEFAULT_SPARES = 200;
/** Longer than most turns of the agent, and short enough that calls that have ended leave little behind. */
const DEFAULT_SPARE_MAX_AGE_MS = 60_000;

/**
 * Resolves once the resampler is loaded; no connection is made before `prewarm` or the first utterance.
 * @throws TypeError when `baseUrl` is not a URL. From `finish`, ProviderError: `timeout`, `unavailable` (connection,
 * 429, 5xx), `refused` (key, model, settings), `garbage` (not of this API). Aborting rejects with the signal's reason
 * and closes the socket or request.
 */
export async function createOpenAiSpeechToText(options: OpenAiSpeechToTextOptions): Promise<SpeechToText> {
  await loadResampler();
  return options.mode === 'rest' ? overRest(options) : overRealtime(options);
}

const shared = ({ model, language, timeoutMs }: OpenAiSpeechToTextOptions) => ({
  model,
  language: language === undefined ? 'en' : (language ?? undefined),
  timeoutMs: timeoutMs ?? DEFAULT_TIMEOUT_MS,
});

function overRest(options: OpenAiSpeechToTextOptions): SpeechToText {
  const connection = openConnection(options);
  const settings = shared(options);
  return {
    name: `openai:${options.model}`,
    start: () => new RestRecognition(connection.client, settings),
    prewarm: () => connection.prewarm(),
    close: () => connection.close(),
  };
}

function overRealtime(options: OpenAiSpeechToTextOptions): SpeechToText {
  const { baseUrl, apiKey, model, modelInUrl, audioFormat = 'pcmu' } = options;
  const settings: TranscriptionSettings = {
    ...shared(options),
    audioFormat,
    turnDetection: options.turnDetection ?? 'client',
    serverSilenceMs: options.serverSilenceMs,
  };
  const socketOptions = {
    stage: 'stt' as const,
    url: realtimeUrl(baseUrl, { intent: 'transcription', ...(modelInUrl ? { model } : {}) }),
    apiKey,
    timeoutMs: settings.timeoutMs,
    session: (generation: Generation) => transcriptionSession(generation, settings),
  };
  const spares = new SpareSockets({
    open: (listener) => new RealtimeSocket(socketOptions, listener),
    cap: options.spareSockets ?? DEFAULT_SPARES,
    maxAgeMs: options.spareMaxAgeMs ?? DEFAULT_SPARE_MAX_AGE_MS,
  });
  const running = new Set<Recognition>();
  return {
    name: `openai:${model}`,
    start() {
      const take = (listener: SocketListener) => spares.take(listener);
      const recognition = new RealtimeRecognition(settings, take, () => running.delete(recognition));
      running.add(recognition);
      return recognition;
    },
    prewarm: () => spares.prewarm(),
    close() {
      spares.close();
      for (const recognition of running) recognition.cancel();
      return Promise.resolve();
    },
  };
}
