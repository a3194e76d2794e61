/** Text to speech. */
import { z } from 'zod';
import { setting } from '../setting.js';
import { milliseconds, url } from '../values.js';

export const speakingSettings = {
  HERMES_TTS: setting(
    z.enum(['local', 'openai', 'none']).default('local'),
    'local',
    'Speech synthesis: local (flite), openai (any compatible server) or none (text only).',
  ),
  TTS_BASE_URL: setting(
    url.default('https://api.openai.com/v1'),
    'http://localhost:8880/v1',
    'Base URL of the speech server, with /v1.',
  ),
  TTS_API_KEY: setting(z.string().min(1).optional(), 'sk-…', 'Key for it.'),
  TTS_MODEL: setting(z.string().min(1).default('gpt-4o-mini-tts'), 'kokoro', 'Model name.'),
  TTS_API: setting(
    z.enum(['speech', 'realtime']).default('speech'),
    'realtime',
    'How the voice is asked: speech (/audio/speech, streamed) or realtime (a conversation model reads aloud; what OpenAI has from 2027-01-06 on).',
  ),
  TTS_SAMPLE_RATE_HZ: setting(
    z.coerce
      .number()
      .int()
      .min(8_000, 'a sample rate, 8000–96000 Hz')
      .max(96_000, 'a sample rate, 8000–96000 Hz')
      .default(24_000),
    '24000',
    'Rate of the raw audio that /audio/speech answers with; OpenAI and most others send 24,000 Hz.',
  ),
  TTS_VOICE: setting(
    z.string().min(1).optional(),
    'slt',
    'Voice. local: slt (default), rms, awb or kal; openai: the server’s own names (default alloy).',
  ),
  HERMES_TTS_FALLBACK: setting(
    z.enum(['local', 'none']).default('local'),
    'local',
    'Who goes on speaking when the speech server fails or is late: local or none.',
  ),
  TTS_FIRST_AUDIO_MS: setting(
    milliseconds.default(1_200),
    '1200',
    'Longest wait for sound, the first of a clause or the next in it, before the fallback goes on.',
  ),
};
