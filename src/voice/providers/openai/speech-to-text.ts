/** Speech recognition by any server that speaks the realtime transcription socket or `POST /audio/transcriptions`. */
import { loadResampler } from '../../audio/resampler.js';
import type { Recognition, SpeechToText } from '../../ports.js';
import { openConnection, type Endpoint } from './connection.js';
import { RealtimeRecognition } from './realtime-recognition.js';
import { RestRecognition } from './rest-recognition.js';

export interface OpenAiSpeechToTextOptions extends Endpoint {
  model: string;
  /** `realtime` (default) recognises while the caller speaks; `rest` uploads the utterance afterwards. */
  mode?: 'realtime' | 'rest';
  /** Puts the model into the realtime URL: gateways route by it, api.openai.com opens a conversation instead. */
  modelInUrl?: boolean;
  /** ISO 639-1, `en` by default; null lets the model guess. */
  language?: string | null;
  /** Longest wait for a connection, and again for the transcript once the caller has finished, in milliseconds. */
  timeoutMs?: number;
}

/** Fallback included, a caller must never hear 5 s of silence; a transcript takes some 100 ms when all is well. */
const DEFAULT_TIMEOUT_MS = 3_000;

/**
 * Resolves once the resampler is loaded; no connection is made before the first utterance.
 * @throws TypeError when `baseUrl` is not a URL. From `finish`, ProviderError: `timeout`, `unavailable` (connection,
 * 429, 5xx), `refused` (key, model, settings), `garbage` (not of this API). Aborting rejects with the signal's reason
 * and closes the socket or request.
 */
export async function createOpenAiSpeechToText(options: OpenAiSpeechToTextOptions): Promise<SpeechToText> {
  await loadResampler();
  const settings = {
    model: options.model,
    language: options.language === undefined ? 'en' : (options.language ?? undefined),
    timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
  };
  const name = `openai:${options.model}`;
  if (options.mode === 'rest') {
    const connection = openConnection(options);
    return {
      name,
      start: () => new RestRecognition(connection.client, settings),
      close: () => connection.close(),
    };
  }
  const realtime = { ...settings, url: realtimeUrl(options), apiKey: options.apiKey };
  const running = new Set<Recognition>();
  return {
    name,
    start() {
      const recognition = new RealtimeRecognition(realtime, () => running.delete(recognition));
      running.add(recognition);
      return recognition;
    },
    close() {
      for (const recognition of running) recognition.cancel();
      return Promise.resolve();
    },
  };
}

function realtimeUrl({ baseUrl, model, modelInUrl }: OpenAiSpeechToTextOptions): string {
  const url = new URL(`${baseUrl.replace(/\/$/, '')}/realtime`);
  url.protocol = url.protocol === 'http:' ? 'ws:' : 'wss:';
  url.searchParams.set('intent', 'transcription');
  if (modelInUrl) url.searchParams.set('model', model);
  return url.href;
}
