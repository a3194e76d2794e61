import { expect, test } from '@jest/globals';
import { neededStandins } from '../../../src/cli/up/parts/standins.js';
import { loadConfig } from '../../../src/config/load.js';

const needed = (env: Record<string, string>): string[] => neededStandins(loadConfig(env), env);

test('without credentials Clio and LawPay are stood in for; OpenAI only when a stage asks for it', () => {
  expect(needed({})).toEqual(['clio', 'lawpay']);
  expect(needed({ HERMES_LLM: 'openai' })).toEqual(['clio', 'lawpay', 'openai']);
});

test('a system with credentials, or a model server of one’s own, gets no stand-in', () => {
  expect(needed({ CLIO_CLIENT_ID: 'id', CLIO_CLIENT_SECRET: 'secret' })).toEqual(['lawpay']);
  expect(needed({ HERMES_LLM: 'openai', LLM_API_KEY: 'sk-real' })).not.toContain('openai');
  expect(needed({ HERMES_TTS: 'openai', TTS_BASE_URL: 'http://localhost:8880/v1' })).not.toContain('openai');
});
