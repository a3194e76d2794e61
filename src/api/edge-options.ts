import { join } from 'node:path';
import type { Config } from '../config/schema.js';
import type { LadderPolicy } from '../domain/ladder.js';
import type { NoticeSystem } from '../domain/writes/notice.js';
import type { Logger } from '../telemetry/logger.js';
import { defaultSessionOptions, type SessionOptions } from '../voice/session/options.js';
import { type LocalVoice, localVoices } from '../voice/providers/local/text-to-speech.js';
import type { ProviderChoice } from './providers.js';
import type { CodecDeps } from './routes/codec/deps.js';

/** Settings as the parts of the edge want them. */

/** Waits and limits of every write the calls of this edge lead to. */
export const ladderOf = (config: Config): LadderPolicy => ({
  fastAttempts: config.HERMES_WRITE_FAST_ATTEMPTS,
  fastInitialMs: config.HERMES_WRITE_FAST_INITIAL_MS,
  fastMaxMs: config.HERMES_WRITE_FAST_MAX_MS,
  slowDelaysMs: config.HERMES_WRITE_SLOW_DELAYS_MS,
  slowWindowMs: config.HERMES_WRITE_SLOW_WINDOW_MS,
  escalateAfterMs: config.HERMES_WRITE_ESCALATE_MS,
  keepParkedMs: config.HERMES_WRITE_KEEP_PARKED_MS,
});

/** How the calls of this edge behave. */
export function sessionOptionsOf(config: Config): Omit<SessionOptions, 'output'> {
  const { rules } = defaultSessionOptions;
  return {
    ...defaultSessionOptions,
    fillerMs: config.HERMES_FILLER_MS,
    reconnectWindowMs: config.HERMES_RECONNECT_WINDOW_MS,
    rules: {
      ...rules,
      silenceMs: config.HERMES_SILENCE_MS,
      longTurn: {
        ...rules.longTurn,
        afterMs: config.HERMES_LONG_TURN_MS,
        hardMs: config.HERMES_LONGEST_TURN_MS,
      },
    },
    silence: {
      ...defaultSessionOptions.silence,
      promptMs: config.HERMES_SILENCE_PROMPT_MS,
      againMs: config.HERMES_SILENCE_AGAIN_MS,
      closeMs: config.HERMES_SILENCE_CLOSE_MS,
    },
  };
}

/** How callers reach this edge. */
export function publicUrlOf(config: Config): string {
  if (config.HERMES_PUBLIC_URL !== undefined) return config.HERMES_PUBLIC_URL;
  const everywhere = config.HERMES_HOST === '0.0.0.0' || config.HERMES_HOST === '::';
  const host = everywhere ? 'localhost' : config.HERMES_HOST;
  return `http://${host.includes(':') ? `[${host}]` : host}:${config.HERMES_PORT}`;
}

/** Whom the codec server answers. */
export const codecOptionsOf = (config: Config): Omit<CodecDeps['codec'], 'ring'> => ({
  namespace: config.TEMPORAL_NAMESPACE,
  origins:
    config.HERMES_CODEC_ORIGINS ?? (config.TEMPORAL_UI_URL ? [new URL(config.TEMPORAL_UI_URL).origin] : []),
  perPerson: config.HERMES_CODEC_RATE_PER_PERSON,
  secureCookie: publicUrlOf(config).startsWith('https:'),
});

/** Which engines hear, word and speak. @throws RangeError when the local engine has no such voice. */
export function providerChoiceOf(config: Config, cacheDir: string, logger: Logger): ProviderChoice {
  const hedge = config.HERMES_HEDGE;
  const fallback = {
    stt: config.HERMES_STT_FALLBACK,
    tts: config.HERMES_TTS_FALLBACK,
    llm: secondLlmOf(config),
  };
  const budgets = {
    sttAnswerMs: config.STT_ANSWER_MS,
    llmFirstTokenMs: config.LLM_FIRST_TOKEN_MS,
    ttsFirstAudioMs: config.TTS_FIRST_AUDIO_MS,
  };
  const engines = { stt: sttOf(config), llm: llmOf(config), tts: ttsOf(config), hedge };
  const phrasesDirectory = join(config.HERMES_DATA_DIR, 'phrases');
  return { ...engines, fallback, budgets, phrasesDirectory, cacheDir, logger };
}

const sttOf = (config: Config): ProviderChoice['stt'] =>
  config.HERMES_STT === 'openai'
    ? {
        kind: 'openai',
        baseUrl: config.STT_BASE_URL,
        apiKey: config.STT_API_KEY,
        model: config.STT_MODEL,
        modelInUrl: config.STT_MODEL_IN_URL,
        mode: config.STT_API,
        audioFormat: config.STT_AUDIO_FORMAT,
        turnDetection: config.STT_TURN_DETECTION,
        language: config.STT_LANGUAGE === 'auto' ? null : config.STT_LANGUAGE,
        spareSockets: config.HERMES_MAX_CALLS,
      }
    : { kind: config.HERMES_STT };

function llmOf(config: Config): ProviderChoice['llm'] {
  if (config.HERMES_LLM === 'scripted') return { kind: 'scripted' };
  const effort = config.LLM_REASONING_EFFORT;
  return {
    kind: 'openai',
    baseUrl: config.LLM_BASE_URL,
    apiKey: config.LLM_API_KEY,
    model: config.LLM_MODEL,
    api: config.LLM_API,
    reasoningEffort: effort === 'omit' ? null : effort,
    promptCache: promptCacheOf(config),
  };
}

/** Other servers may refuse fields that they do not know. */
function promptCacheOf(config: Config): 'none' | 'key' | 'prewarm' {
  if (config.LLM_PROMPT_CACHE !== 'auto') return config.LLM_PROMPT_CACHE;
  if (new URL(config.LLM_BASE_URL).hostname !== 'api.openai.com') return 'none';
  return config.LLM_API === 'responses' ? 'prewarm' : 'key';
}

const secondLlmOf = (config: Config): ProviderChoice['fallback']['llm'] =>
  config.LLM_FALLBACK_BASE_URL === undefined
    ? null
    : {
        baseUrl: config.LLM_FALLBACK_BASE_URL,
        apiKey: config.LLM_FALLBACK_API_KEY,
        model: config.LLM_FALLBACK_MODEL ?? config.LLM_MODEL,
      };

function ttsOf(config: Config): ProviderChoice['tts'] {
  if (config.HERMES_TTS === 'none') return { kind: 'none' };
  if (config.HERMES_TTS === 'local') return { kind: 'local', voice: localVoice(config.TTS_VOICE ?? 'slt') };
  return {
    kind: 'openai',
    baseUrl: config.TTS_BASE_URL,
    apiKey: config.TTS_API_KEY,
    model: config.TTS_MODEL,
    api: config.TTS_API,
    // Every server of this kind knows `alloy`, OpenAI's first voice.
    voice: config.TTS_VOICE ?? 'alloy',
    sampleRateHz: config.TTS_SAMPLE_RATE_HZ,
    spareSockets: config.HERMES_MAX_CALLS,
  };
}

function localVoice(voice: string): LocalVoice {
  const known = localVoices.find((name) => name === voice);
  if (!known)
    throw new RangeError(
      `must be one of ${localVoices.join(', ')} with HERMES_TTS=local. Example: TTS_VOICE=slt`,
    );
  return known;
}

/** What the settings let us tell people with; the worker decides likewise. */
export const noticeSystemsOf = (config: Config): NoticeSystem[] => [
  ...(config.SMTP_URL === undefined ? [] : (['mail'] as const)),
  ...(config.TWILIO_ACCOUNT_SID === undefined || config.HERMES_SMS_FROM === undefined
    ? []
    : (['sms'] as const)),
  ...(['slack', 'pagerduty'] as const),
];
