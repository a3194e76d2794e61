/** Speech to text. */
import { z } from 'zod';
import { setting } from '../setting.js';
import { milliseconds, url } from '../values.js';

export const hearingSettings = {
  HERMES_STT: setting(
    z.enum(['local', 'openai', 'none']).default('local'),
    'local',
    'Speech recognition: local (pocketsphinx), openai (any compatible server) or none (typed calls only).',
  ),
  STT_BASE_URL: setting(
    url.default('https://api.openai.com/v1'),
    'http://localhost:8000/v1',
    'Base URL of the speech-recognition server, with /v1.',
  ),
  STT_API_KEY: setting(z.string().min(1).optional(), 'sk-…', 'Key for it.'),
  STT_MODEL: setting(z.string().min(1).default('gpt-live-transcribe'), 'gpt-live-transcribe', 'Model name.'),
  STT_MODEL_IN_URL: setting(
    z
      .enum(['true', 'false'])
      .default('false')
      .transform((v) => v === 'true'),
    'false',
    'Put the model into the realtime URL (gateways want it, api.openai.com refuses it).',
  ),
  STT_API: setting(
    z.enum(['realtime', 'rest']).default('realtime'),
    'realtime',
    'How speech gets there: realtime (a socket, while the caller speaks) or rest (an upload afterwards).',
  ),
  STT_AUDIO_FORMAT: setting(
    z.enum(['pcmu', 'pcm']).default('pcmu'),
    'pcmu',
    'Sound on that socket: pcmu (mu-law, 8 kHz, what a telephone carries) or pcm (24 kHz, six times the bytes).',
  ),
  STT_LANGUAGE: setting(
    z
      .string()
      .regex(/^([a-z]{2}|auto)$/, 'a language of two letters (ISO 639-1), or auto')
      .default('en'),
    'en',
    'Language the caller is expected to speak; auto lets the model guess.',
  ),
  STT_TURN_DETECTION: setting(
    z.enum(['client', 'server']).default('client'),
    'client',
    'Who cuts the words on that socket: client (at the end of the utterance; live models take nothing else) or server (at every pause; most words are then final before the end).',
  ),
  HERMES_STT_FALLBACK: setting(
    z.enum(['local', 'none']).default('local'),
    'local',
    'Who hears a caller when the speech-recognition server fails or is late: local (where it can be had) or none.',
  ),
  STT_ANSWER_MS: setting(
    milliseconds.default(800),
    '800',
    'Longest wait for the words of a finished utterance before the fallback is asked too.',
  ),
};
