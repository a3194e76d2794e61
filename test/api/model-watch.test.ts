import { expect, test } from '@jest/globals';
import { modelsOf } from '../../src/api/model-watch.js';
import { providerChoiceOf } from '../../src/api/edge-options.js';
import { loadConfig } from '../../src/config/load.js';
import { silentLogger } from '../support/log.js';

const watched = (env: Record<string, string>) =>
  modelsOf(providerChoiceOf(loadConfig(env), '/nowhere', silentLogger));

test('models on a server are watched, each where it is; the local engines have none', () => {
  expect(watched({})).toEqual([]);
  const all = watched({
    HERMES_STT: 'openai',
    STT_BASE_URL: 'http://localhost:8000/v1',
    STT_MODEL: 'whisper',
    HERMES_LLM: 'openai',
    LLM_API_KEY: 'sk-words',
    LLM_MODEL: 'gpt-6-luna',
    HERMES_TTS: 'openai',
    TTS_MODEL: 'tts-1',
  });
  expect(all).toEqual([
    { stage: 'stt', baseUrl: 'http://localhost:8000/v1', apiKey: undefined, model: 'whisper' },
    { stage: 'llm', baseUrl: 'https://api.openai.com/v1', apiKey: 'sk-words', model: 'gpt-6-luna' },
    { stage: 'tts', baseUrl: 'https://api.openai.com/v1', apiKey: undefined, model: 'tts-1' },
  ]);
});

test('the prompt cache is used where it is known to be, unless the operator says otherwise', () => {
  const cacheOf = (env: Record<string, string>) => {
    const { llm } = providerChoiceOf(loadConfig({ HERMES_LLM: 'openai', ...env }), '/nowhere', silentLogger);
    return llm.kind === 'openai' && llm.promptCache;
  };
  expect(cacheOf({})).toBe('key');
  expect(cacheOf({ LLM_API: 'responses' })).toBe('prewarm');
  expect(cacheOf({ LLM_BASE_URL: 'http://localhost:8080/v1', LLM_API: 'responses' })).toBe('none');
  expect(cacheOf({ LLM_BASE_URL: 'http://localhost:8080/v1', LLM_PROMPT_CACHE: 'prewarm' })).toBe('prewarm');
});
