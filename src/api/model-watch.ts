import type { Logger } from '../telemetry/logger.js';
import {
  type ShutdownWatch,
  type WatchedModel,
  watchShutdowns,
} from '../voice/providers/openai/shutdown-watch.js';
import type { ProviderChoice } from './providers.js';

/** Watches the models that the chosen engines name, until it is closed. */
export const watchModels = (choice: ProviderChoice, logger: Logger): ShutdownWatch =>
  watchShutdowns({ models: modelsOf(choice), logger, nowMs: Date.now });

/** Models on somebody's server; the local engines have none that could be taken away. */
export function modelsOf({ stt, llm, tts }: ProviderChoice): WatchedModel[] {
  const models: WatchedModel[] = [];
  const add = (
    stage: WatchedModel['stage'],
    engine: { baseUrl: string; apiKey?: string | undefined; model: string },
  ): void => {
    const { baseUrl, apiKey, model } = engine;
    models.push({ stage, baseUrl, apiKey, model });
  };
  if (stt.kind === 'openai') add('stt', stt);
  if (llm.kind === 'openai') add('llm', llm);
  if (tts.kind === 'openai') add('tts', tts);
  return models;
}
