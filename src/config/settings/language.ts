/** The language model. */
import { z } from 'zod';
import { setting } from '../setting.js';
import { milliseconds, url } from '../values.js';

export const languageSettings = {
  HERMES_LLM: setting(
    z.enum(['scripted', 'openai']).default('scripted'),
    'scripted',
    'Who words the replies: scripted (the policy’s own sentences) or openai (any compatible server).',
  ),
  LLM_BASE_URL: setting(
    url.default('https://api.openai.com/v1'),
    'http://localhost:11434/v1',
    'Base URL of the chat server, with /v1.',
  ),
  LLM_API_KEY: setting(z.string().min(1).optional(), 'sk-…', 'Key for it.'),
  LLM_MODEL: setting(z.string().min(1).default('gpt-6-luna'), 'gpt-6-luna', 'Model name.'),
  LLM_API: setting(
    z.enum(['chat', 'responses']).default('chat'),
    'chat',
    'How the model is asked: chat (/chat/completions, which every server has) or responses (/responses).',
  ),
  LLM_REASONING_EFFORT: setting(
    z.enum(['none', 'minimal', 'low', 'medium', 'high', 'omit']).default('none'),
    'none',
    'Reasoning effort asked for; the caller waits while a model reasons. omit leaves the field out, for servers that refuse it.',
  ),
  LLM_PROMPT_CACHE: setting(
    z.enum(['auto', 'none', 'key', 'prewarm']).default('auto'),
    'prewarm',
    'Prompt cache: key (sends prompt_cache_key), prewarm (also fills the cache at pickup) or none. auto: at api.openai.com prewarm with LLM_API=responses, else key; elsewhere none.',
  ),
  LLM_FIRST_TOKEN_MS: setting(
    milliseconds.default(1_500),
    '1500',
    'Longest wait for the first words of each chat server; then the second server, then the policy’s own sentence.',
  ),
  LLM_FALLBACK_BASE_URL: setting(
    url.optional(),
    'http://localhost:11434/v1',
    'A second chat server, with /v1, asked when the first fails or is late. Unset: none.',
  ),
  LLM_FALLBACK_API_KEY: setting(z.string().min(1).optional(), 'sk-…', 'Key for it.'),
  LLM_FALLBACK_MODEL: setting(
    z.string().min(1).optional(),
    'llama3.2',
    'Model of the second chat server. Unset: LLM_MODEL.',
  ),
};
