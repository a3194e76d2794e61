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
import type { LanguageModel, Providers, SpeechToText, TextToSpeech } from '../voice/ports.js';

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
  /** Where programs fetched for speech are kept. */
  cacheDir: string;
  logger: Logger;
}

/**
 * Builds the chosen engines. A machine without Python or network is no failure: it takes typed calls, and the log says
 * why it cannot hear.
 */
export async function createProviders(choice: ProviderChoice): Promise<Providers> {
  const [stt, tts] = await Promise.all([createStt(choice), createTts(choice)]);
  return { stt, tts, llm: createLlm(choice) };
}

/** Lets all engines go; one that will not must not keep the others. */
export async function closeProviders({ stt, llm, tts }: Providers): Promise<void> {
  await Promise.allSettled([stt?.close(), llm.close(), tts?.close()]);
}

async function createStt({ stt, hedge, cacheDir, logger }: ProviderChoice): Promise<SpeechToText | null> {
  if (stt.kind === 'none') return null;
  if (stt.kind === 'openai') {
    const engine = await createOpenAiSpeechToText(stt);
    return hedge ? hedgedSpeechToText(engine) : engine;
  }
  const onProgress = (step: string): void => logger.info({ step }, 'preparing speech recognition');
  const found = await ensurePocketsphinx({ cacheDir, onProgress });
  if (found.ok)
    return createLocalSpeechToText({ python: found.python, sitePackages: found.sitePackages, logger });
  logger.warn({ reason: found.reason }, 'callers cannot be heard here, typed calls only');
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
