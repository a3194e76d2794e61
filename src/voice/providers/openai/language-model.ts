/** Wording by any server that speaks `POST /chat/completions` or `POST /responses` with streaming. */
import type OpenAI from 'openai';
import type { LanguageModel } from '../../ports.js';
import { chatWording } from './chat-wording.js';
import { openConnection, type Endpoint } from './connection.js';
import { withinLimits, type Limits } from './limits.js';
import { PromptCache, type PromptCacheUse } from './prompt-cache.js';
import { responsesWording } from './responses-wording.js';

export interface OpenAiLanguageModelOptions extends Endpoint {
  model: string;
  /** `chat` (default) is what every server speaks; `responses` is OpenAI's newer way, which some have too. */
  api?: 'chat' | 'responses';
  /** Longest wait for the first word, in milliseconds. */
  firstTokenTimeoutMs?: number;
  /** Longest wait between two pieces of text, in milliseconds. */
  stallTimeoutMs?: number;
  /**
   * Reasoning effort as the server understands it, `none` by default: a model that reasons would do so while the caller
   * waits, and spend the allowed tokens on it. null leaves the field out, for servers that refuse it.
   */
  reasoningEffort?: OpenAI.ReasoningEffort;
  /** What is done for the server's prompt cache; `none` by default, because some servers refuse fields they do not know. */
  promptCache?: PromptCacheUse;
}

/** A caller notices silence within a second and must never hear 5 s of it, fallback included. */
const defaults: Limits = { firstMs: 3_000, stallMs: 2_000 };

/**
 * @throws ProviderError from `word`: `timeout` (no word in time, or a stall), `unavailable` (connection, 429, 5xx),
 * `refused` (key, model, quota, content), `garbage` (not JSON, no text, ended in mid-sentence). Aborting rejects with
 * the signal's reason and closes the request upstream.
 */
export function createOpenAiLanguageModel(options: OpenAiLanguageModelOptions): LanguageModel {
  const { model, api = 'chat', reasoningEffort = 'none', promptCache = 'none' } = options;
  const connection = openConnection(options);
  const { client } = connection;
  const limits: Limits = {
    firstMs: options.firstTokenTimeoutMs ?? defaults.firstMs,
    stallMs: options.stallTimeoutMs ?? defaults.stallMs,
  };
  const cache = new PromptCache({ client, model, api, use: promptCache, reasoningEffort });
  const wording = api === 'responses' ? responsesWording : chatWording;
  return {
    name: `openai:${model}`,
    word(request, signal) {
      const cacheKey = cache.keyFor(request.instructions);
      const settings = { model, reasoningEffort, cacheKey };
      return withinLimits('llm', (upstream) => wording(client, settings, request, upstream), limits, signal);
    },
    prewarm(instructions) {
      // A request that fills the cache opens the connection as well.
      if (instructions === undefined || !cache.prewarm(instructions)) connection.prewarm();
    },
    close() {
      cache.close();
      return connection.close();
    },
  };
}
