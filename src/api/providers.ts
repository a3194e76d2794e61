import type { Logger } from '../telemetry/logger.js';
import { ensurePocketsphinx } from '../voice/providers/local/speech-cache.js';
import { createLocalSpeechToText } from '../voice/providers/local/speech-to-text.js';
import { createLocalTextToSpeech, type LocalVoice } from '../voice/providers/local/text-to-speech.js';
import {
  createOpenAiLanguageModel,
  type OpenAiLanguageModelOptions,
} from '../voice/providers/openai/language-model.js';
import {
  createOpenAiSpeechToText,
  type OpenAiSpeechToTextOptions,
} from '../voice/providers/openai/speech-to-text.js';
import {
  createOpenAiTextToSpeech,
  type OpenAiTextToSpeechOptions,
} from '../voice/providers/openai/text-to-speech.js';
import { hedgedSpeechToText } from '../voice/providers/hedge/hedged-ears.js';
import { hedgedLanguageModel, hedgedTextToSpeech } from '../voice/providers/hedge/hedged.js';
import { createScriptedLanguageModel } from '../voice/providers/scripted/language-model.js';
import type { LanguageModel, SpeechToText, TextToSpeech } from '../voice/ports.js';
import { createResilientProviders, type Budgets, type ResilientProviders } from './failover.js';

/** Who hears, words and speaks, as chosen by the operator. */
export interface ProviderChoice {
  stt: { kind: 'local' | 'none' } | ({ kind: 'openai' } & OpenAiSpeechToTextOptions);
  llm: { kind: 'scripted' } | ({ kind: 'openai' } & OpenAiLanguageModelOptions);
  tts:
    | { kind: 'none' }
    | { kind: 'local'; voice: LocalVoice }
    | ({ kind: 'openai' } & OpenAiTextToSpeechOptions);
  /** Hosted engines that are late are asked a second time. */
  hedge: boolean;
  /** Whether the local engines stand in for a server; a server's words are followed by a second's, and by the script. */
  fallback: { stt: 'local' | 'none'; tts: 'local' | 'none'; llm: OpenAiLanguageModelOptions | null };
  budgets: Budgets;
  /** Where sentences made beforehand are kept, one directory for all voices. */
  phrasesDirectory: string;
  /** Where programs fetched for speech are kept. */
  cacheDir: string;
  logger: Logger;
}

/**
 * Builds the chosen engines and what stands in for them. A machine without Python or network is no failure: it takes
 * typed calls, and the log says why it cannot hear.
 */
export async function createProviders(choice: ProviderChoice): Promise<ResilientProviders> {
  const { fallback, budgets, phrasesDirectory, logger } = choice;
  const remote = {
    stt: choice.stt.kind === 'openai',
    llm: choice.llm.kind === 'openai',
    tts: choice.tts.kind === 'openai',
  };
  const [stt, tts] = await Promise.all([createStt(choice), createTts(choice)]);
  return createResilientProviders({
    primary: { stt, tts, llm: createLlm(choice) },
    remote,
    opening: {
      stt: remote.stt && fallback.stt === 'local' ? createLocalStt(choice) : Promise.resolve(null),
      tts:
        remote.tts && fallback.tts === 'local'
          ? createTts({ ...choice, tts: { kind: 'local', voice: 'slt' } })
          : Promise.resolve(null),
    },
    secondLlm: fallback.llm ? createOpenAiLanguageModel(fallback.llm) : null,
    budgets,
    voiceId: voiceIdOf(choice.tts),
    phrasesDirectory,
    logger,
  });
}

const voiceIdOf = (tts: ProviderChoice['tts']): string =>
  tts.kind === 'openai'
    ? [tts.kind, tts.baseUrl, tts.model, tts.voice].join('|')
    : [tts.kind, 'voice' in tts ? tts.voice : ''].join('|');

async function createStt(choice: ProviderChoice): Promise<SpeechToText | null> {
  const { stt, hedge } = choice;
  if (stt.kind === 'none') return null;
  if (stt.kind !== 'openai') return createLocalStt(choice);
  const engine = await createOpenAiSpeechToText(stt);
  return hedge ? hedgedSpeechToText(engine) : engine;
}

async function createLocalStt({ cacheDir, logger }: ProviderChoice): Promise<SpeechToText | null> {
  const onProgress = (step: string): void => logger.info({ step }, 'preparing speech recognition');
  const found = await ensurePocketsphinx({ cacheDir, onProgress });
  if (found.ok)
    return createLocalSpeechToText({ python: found.python, sitePackages: found.sitePackages, logger });
  logger.warn({ reason: found.reason }, 'no local speech recognition: without a server only typed calls');
  return null;
}

function createLlm({ llm, hedge }: ProviderChoice): LanguageModel {
  if (llm.kind === 'scripted') return createScriptedLanguageModel();
  const engine = createOpenAiLanguageModel(llm);
  return hedge ? hedgedLanguageModel(engine) : engine;
}

async function createTts({ tts, hedge, logger }: ProviderChoice): Promise<TextToSpeech | null> {
  if (tts.kind === 'none') return null;
  if (tts.kind === 'local') return createLocalTextToSpeech({ voice: tts.voice, logger });
  const engine = await createOpenAiTextToSpeech(tts);
  return hedge ? hedgedTextToSpeech(engine) : engine;
}
