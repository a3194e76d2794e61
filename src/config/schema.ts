/**
 * Every setting, its default and what it is for. The one list of environment variables: `.env.example` and the README
 * follow it, and a test holds them to it.
 */
import { z } from 'zod';

const port = z.coerce.number().int().min(1, 'a TCP port, 1–65535').max(65_535, 'a TCP port, 1–65535');
const milliseconds = z.coerce.number().int().min(0, 'whole milliseconds, zero or more');
/** Waits of the process itself: a JavaScript timer set for longer than this would fire at once. */
const LONGEST_TIMER_MS = 2_147_483_647;
const waitMs = milliseconds.max(LONGEST_TIMER_MS, 'at most 2147483647 milliseconds, 24.8 days');
const url = z.url('an absolute URL');
const postgresUrl = z.string().regex(/^postgres(ql)?:\/\//, 'a URL that begins with postgres://');
const millisecondsList = z.string().transform((text, ctx) => {
  const values = text.split(',').map((part) => Number(part.trim()));
  if (values.length === 0 || values.some((v) => !Number.isInteger(v) || v < 10)) {
    ctx.addIssue({ code: 'custom', message: 'whole milliseconds of at least 10, separated by commas' });
    return z.NEVER;
  }
  return values;
});
const origins = z.string().transform((text, ctx) => {
  const values = text.split(',').map((part) => part.trim());
  if (values.some((value) => !URL.canParse(value) || new URL(value).origin !== value)) {
    const message =
      'origins such as https://console.example.com (no path, no final slash), separated by commas';
    ctx.addIssue({ code: 'custom', message });
    return z.NEVER;
  }
  return values;
});
const ports = z.string().transform((text, ctx) => {
  const values = text.split(',').map(Number);
  if (values.every((value) => Number.isInteger(value) && value >= 1 && value <= 65_535)) return values;
  ctx.addIssue({ code: 'custom', message: 'TCP ports separated by commas' });
  return z.NEVER;
});
const aMinute = z.coerce.number().int().min(1, 'whole requests a minute, at least one');
const key32 = z.string().refine((text) => Buffer.from(text, 'base64').length === 32, '32 bytes in base64');
const PAYLOAD_KEY = /^([a-z0-9][a-z0-9._-]{0,31}):(.+)$/;
const payloadKeys = z.string().transform((text, ctx) => {
  const keys = text.split(',').map((part) => {
    const [, id = '', secret = ''] = PAYLOAD_KEY.exec(part.trim()) ?? [];
    return { id, secret: new Uint8Array(Buffer.from(secret, 'base64')) };
  });
  const isWrong = keys.some(({ id, secret }) => id === '' || secret.length !== 32);
  if (isWrong || new Set(keys.map(({ id }) => id)).size < keys.length) {
    const message = 'ID:KEY pairs separated by commas, each id once and each key 32 bytes in base64';
    ctx.addIssue({ code: 'custom', message });
    return z.NEVER;
  }
  return keys;
});
const CLIO_REGION = /^(us|eu|ca|au)$/;
/** `eu:ID:SECRET,au:ID:SECRET` as a map by region. */
const regionalApps = z.string().transform((text, ctx) => {
  const parts = text.split(',').map((part) => part.trim().split(':'));
  if (parts.some(([region = '', id, secret]) => !CLIO_REGION.test(region) || !id || !secret)) {
    ctx.addIssue({
      code: 'custom',
      message: 'REGION:ID:SECRET separated by commas, the regions being us, eu, ca, au',
    });
    return z.NEVER;
  }
  return Object.fromEntries(
    parts.map(([region = '', clientId = '', ...secret]) => [
      region,
      { clientId, clientSecret: secret.join(':') },
    ]),
  );
});
/** `us=https://…,eu=https://…` as a map by region. */
const regionalHosts = z.string().transform((text, ctx) => {
  const parts = text.split(',').map((part) => part.trim().split('='));
  if (parts.some(([region = '', host = '']) => !CLIO_REGION.test(region) || !URL.canParse(host))) {
    ctx.addIssue({
      code: 'custom',
      message: 'REGION=URL separated by commas, the regions being us, eu, ca, au',
    });
    return z.NEVER;
  }
  return Object.fromEntries(parts) as Record<string, string>;
});
const address = z.string().regex(/^[^\s:/]+:\d+$/, 'host:port');

/** One setting: its schema, an example that would be right, and its meaning. */
export interface Setting<T extends z.ZodType = z.ZodType> {
  schema: T;
  example: string;
  about: string;
}
const setting = <T extends z.ZodType>(schema: T, example: string, about: string): Setting<T> => ({
  schema,
  example,
  about,
});

export const settings = {
  HERMES_HOST: setting(z.string().min(1).default('127.0.0.1'), '127.0.0.1', 'Address the edge listens on.'),
  HERMES_PORT: setting(port.default(8080), '8080', 'Port of the edge (API and WebSocket).'),
  HERMES_PUBLIC_URL: setting(
    url.optional(),
    'https://voice.example.com',
    'How callers reach the edge from outside; default http://HOST:PORT.',
  ),
  HERMES_ALLOWED_ORIGINS: setting(
    origins.optional(),
    'https://console.example.com',
    'Origins whose pages may open a call, separated by commas. Unset: every page that holds a session token.',
  ),
  HERMES_RATE_PER_ADDRESS: setting(
    aMinute.default(1_200),
    '1200',
    'API requests a minute from one address, such as an office whose staff and consoles share it.',
  ),
  HERMES_RATE_PER_TENANT: setting(aMinute.default(600), '600', 'API requests a minute of one firm.'),
  HERMES_DATA_DIR: setting(
    z.string().min(1).default('.hermes'),
    '.hermes',
    'Directory for journals, keys and the embedded servers.',
  ),
  HERMES_WORKER_PORT: setting(port.default(8081), '8081', 'Port of the worker’s health endpoint (loopback).'),
  LOG_LEVEL: setting(
    z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
    'info',
    'Least severe log line written.',
  ),

  DATABASE_URL: setting(
    postgresUrl.optional(),
    'postgres://hermes_app:secret@localhost:5432/hermes',
    'PostgreSQL as the application role (row-level security applies). Unset: the embedded server.',
  ),
  DATABASE_OWNER_URL: setting(
    postgresUrl.optional(),
    'postgres://hermes_owner:secret@localhost:5432/hermes',
    'PostgreSQL as the owner of the schema; used by migrations only.',
  ),

  TEMPORAL_ADDRESS: setting(
    address.optional(),
    'localhost:7233',
    'Temporal frontend. Unset: the embedded dev server.',
  ),
  TEMPORAL_NAMESPACE: setting(z.string().min(1).default('default'), 'default', 'Temporal namespace.'),
  TEMPORAL_DEPLOYMENT_NAME: setting(
    z.string().min(1).default('hermes'),
    'hermes',
    'Worker deployment, used with TEMPORAL_WORKER_BUILD_ID.',
  ),
  TEMPORAL_WORKER_BUILD_ID: setting(
    z.string().min(1).optional(),
    '2026-11-21.1',
    'Version of this worker in its deployment; workflows move on to the version that is made current. Unset: unversioned workers.',
  ),
  TEMPORAL_UI_URL: setting(url.optional(), 'http://localhost:8233', 'Temporal UI, for links.'),
  HERMES_CODEC_ORIGINS: setting(
    origins.optional(),
    'https://temporal.example.com',
    'Origins of Temporal UIs that may ask the codec server to open payloads, separated by commas. Unset: that of TEMPORAL_UI_URL.',
  ),
  HERMES_CODEC_RATE_PER_PERSON: setting(
    aMinute.default(300),
    '300',
    'Requests a minute of one person to the codec server; Temporal UI makes one for each event it shows.',
  ),

  HERMES_JWKS: setting(
    z.string().min(1).optional(),
    'https://id.example.com/.well-known/jwks.json',
    'URL or file of the public keys (JWKS) that sign API tokens (RS256).',
  ),
  HERMES_JWT_ISSUER: setting(z.string().min(1).default('hermes'), 'hermes', 'Expected `iss` of API tokens.'),
  HERMES_JWT_AUDIENCE: setting(
    z.string().min(1).default('hermes-api'),
    'hermes-api',
    'Expected `aud` of API tokens.',
  ),
  HERMES_SECRET_KEY: setting(
    key32.optional(),
    'openssl rand -base64 32',
    'Key that seals vendor tokens, the call journal and the keys of recordings at rest.',
  ),
  HERMES_PAYLOAD_KEYS: setting(
    payloadKeys.optional(),
    '2026-11:$(openssl rand -base64 32)',
    'Keys that seal what Temporal keeps, newest first, as ID:KEY, separated by commas. A key stays in the list as long as workflows sealed under it are kept.',
  ),

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
  HERMES_FILLER_MS: setting(
    milliseconds.max(3_000, 'at most 3000: nobody waits longer in silence').default(2_000),
    '2000',
    'With no sound of an answer for this long after the caller’s last word, a short phrase is said. 0: never.',
  ),
  HERMES_SILENCE_MS: setting(
    milliseconds.default(600),
    '600',
    'Silence that ends the answer to an open question. Others follow from it: 0.6 of it for yes or no, 0.75 for a name, 1.5 in mid-phrase; 200 ms after a whole answer; 0.7 to 1.5 of it by the caller’s own pauses. Never under 200 ms nor over 1,200 ms (or this, if longer).',
  ),
  HERMES_HEDGE: setting(
    z
      .enum(['on', 'off'])
      .default('on')
      .transform((v) => v === 'on'),
    'on',
    'Ask a hosted engine a second time when it is later to begin than it nearly ever is; what comes sooner is taken. At most one request in ten is made twice. off: never.',
  ),
  HERMES_EAGER_START: setting(
    z
      .enum(['on', 'off'])
      .default('on')
      .transform((v) => v === 'on'),
    'on',
    'Prepare the answer at the likely end of an utterance, within that silence. off: callers wait longer, and no recognition or model token is spent on answers that are thrown away (at most 20 in a call, three in an utterance).',
  ),
  HERMES_SILENCE_PROMPT_MS: setting(
    waitMs.default(8_000),
    '8000',
    'A caller who says nothing for this long after the agent has spoken is asked whether they are still there. 0: never.',
  ),
  HERMES_SILENCE_AGAIN_MS: setting(waitMs.default(10_000), '10000', 'From that prompt to a second one.'),
  HERMES_SILENCE_CLOSE_MS: setting(
    waitMs.default(15_000),
    '15000',
    'From the second prompt to the goodbye. Callers in danger are not hung up on.',
  ),
  HERMES_LONG_TURN_MS: setting(
    waitMs.default(90_000),
    '90000',
    'A caller who talks for this long is politely cut in on at the next pause.',
  ),
  HERMES_LONGEST_TURN_MS: setting(
    waitMs.default(120_000),
    '120000',
    'A caller who talks for this long is cut in on without a pause.',
  ),

  TWILIO_AUTH_TOKEN: setting(
    z.string().min(1).optional(),
    '0123456789abcdef0123456789abcdef',
    'Auth token of the Twilio account whose calls come in; needs HERMES_PUBLIC_URL. Unset: no telephone calls.',
  ),

  HERMES_RECORDING: setting(
    z.enum(['off', 'directory', 's3']).default('directory'),
    'directory',
    'Where the sound of calls whose callers agree is kept, encrypted: directory, s3, or off (callers are not asked then).',
  ),
  HERMES_RECORDING_DIR: setting(
    z.string().min(1).optional(),
    '/var/lib/hermes/recordings',
    'That directory. Several edges need one they share. Unset: recordings in HERMES_DATA_DIR.',
  ),
  HERMES_RECORDING_SPOOL_MB: setting(
    z.coerce.number().int().min(1).default(10_240),
    '10240',
    'Most that recordings not yet in their store may take in HERMES_DATA_DIR (a call: 230 MB an hour). Above it nothing is recorded.',
  ),
  HERMES_RECORDING_S3_ENDPOINT: setting(
    z.url({ protocol: /^https?$/, error: 'an http or https URL' }).optional(),
    'https://minio.example.com:9000',
    'Any S3-compatible store. Unset: the one of Amazon in the region.',
  ),
  HERMES_RECORDING_S3_REGION: setting(z.string().min(1).default('us-east-1'), 'us-east-1', 'Its region.'),
  HERMES_RECORDING_S3_BUCKET: setting(
    z
      .string()
      .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'a bucket name: 3 to 63 of a-z, 0-9, dot and hyphen')
      .optional(),
    'firm-recordings',
    'Its bucket; keys are FIRM/CALL.rec.',
  ),
  HERMES_RECORDING_S3_ACCESS_KEY_ID: setting(
    z.string().min(1).optional(),
    'AKIAIOSFODNN7EXAMPLE',
    'Who may get, put and delete there.',
  ),
  HERMES_RECORDING_S3_SECRET_ACCESS_KEY: setting(
    z.string().min(1).optional(),
    'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    'The secret of that key.',
  ),
  HERMES_RECORDING_S3_PATH_STYLE: setting(
    z
      .enum(['on', 'off'])
      .default('on')
      .transform((v) => v === 'on'),
    'on',
    'Whether the bucket is part of the path (every store takes that), or else of the host name: on or off.',
  ),
  HERMES_RECORDING_RETENTION_DAYS: setting(
    z.coerce.number().int().min(1).max(36_500).optional(),
    '365',
    'Recordings older than this are deleted. Unset: kept until somebody deletes them.',
  ),

  HERMES_RECONNECT_WINDOW_MS: setting(
    waitMs.default(60_000),
    '60000',
    'How long a caller whose line broke may take to come back with the same session token. 0: no time.',
  ),
  HERMES_IDLE_LIMIT_MS: setting(
    milliseconds.default(1_800_000),
    '1800000',
    'With no word from the edge for this long an intake takes the call as over.',
  ),
  HERMES_MAX_CALLS: setting(
    z.coerce.number().int().min(1).default(200),
    '200',
    'Calls one edge takes at once.',
  ),

  HERMES_WRITE_FAST_ATTEMPTS: setting(
    z.coerce.number().int().min(1).max(20).default(5),
    '5',
    'Quick attempts of a write before it slows down.',
  ),
  HERMES_WRITE_FAST_INITIAL_MS: setting(
    milliseconds.default(1_000),
    '1000',
    'First wait between quick attempts; doubles.',
  ),
  HERMES_WRITE_FAST_MAX_MS: setting(
    milliseconds.default(30_000),
    '30000',
    'Longest wait between quick attempts.',
  ),
  HERMES_WRITE_SLOW_DELAYS_MS: setting(
    millisecondsList.default([60_000, 300_000, 900_000, 3_600_000]),
    '60000,300000,900000,3600000',
    'Waits between slow attempts; the last repeats.',
  ),
  HERMES_WRITE_SLOW_WINDOW_MS: setting(
    milliseconds.default(86_400_000),
    '86400000',
    'How long a write keeps trying slowly before it parks.',
  ),
  HERMES_WRITE_ESCALATE_MS: setting(
    milliseconds.default(14_400_000),
    '14400000',
    'A parked write is announced again after this long.',
  ),

  HERMES_WRITE_KEEP_PARKED_MS: setting(
    milliseconds.min(1_000, 'at least 1000').default(2_592_000_000),
    '2592000000',
    'A parked write that nobody decides about in this time (30 days) expires: closed, with an audit entry and an alert.',
  ),
  HERMES_RECONCILE_MS: setting(
    milliseconds.min(1_000, 'at least 1000 milliseconds').default(300_000),
    '300000',
    'How often the list of waiting writes is compared with Temporal and put right.',
  ),
  HERMES_TEND_MS: setting(
    milliseconds.min(1_000, 'at least 1000 milliseconds').default(3_600_000),
    '3600000',
    'How often the firms’ connections are looked after: subscriptions renewed long before they run out.',
  ),
  HERMES_BREAKER_FAILURES: setting(
    z.coerce.number().int().min(1, 'at least one').default(5),
    '5',
    'So many attempts in a row without an answer, and a firm’s writes to that system wait until it answers again.',
  ),
  HERMES_BREAKER_PROBE_MS: setting(
    milliseconds.min(10).default(30_000),
    '30000',
    'From then to the first write that tries alone; doubles with every one that gets no answer.',
  ),
  HERMES_BREAKER_PROBE_MAX_MS: setting(
    milliseconds.min(10).default(300_000),
    '300000',
    'Longest wait between two of them.',
  ),

  CLIO_RATE_PER_MINUTE: setting(
    aMinute.default(50),
    '50',
    'Requests a minute that one firm’s token may make at Clio, over all workers. A lower limit that Clio tells wins.',
  ),
  CLIO_RATE_BURST: setting(
    aMinute.default(10),
    '10',
    'How many of them may go at once after a quiet while; the larger, the slower the rest of the minute.',
  ),
  CLIO_CLIENT_ID: setting(
    z.string().min(1).optional(),
    'abc123',
    'Clio app key, for firms in the United States.',
  ),
  CLIO_CLIENT_SECRET: setting(z.string().min(1).optional(), 's3cret', 'Clio app secret.'),
  CLIO_REGIONAL_APPS: setting(
    regionalApps.optional(),
    'eu:abc124:s3cret,au:abc125:s3cret',
    'Apps of other regions: Clio wants one in each, and neither keys nor tokens are good elsewhere.',
  ),
  CLIO_HOSTS: setting(
    regionalHosts.optional(),
    'us=https://app.clio.com',
    'Hosts by region, where they are not Clio’s own (a gateway in between).',
  ),
  CLIO_TIMEOUT_MS: setting(milliseconds.default(15_000), '15000', 'Longest wait for one Clio answer.'),
  CLIO_SETTLE_MS: setting(
    milliseconds.default(3_000),
    '3000',
    'Wait before a second look-up, because search indexes lag.',
  ),
  GROW_HOSTS: setting(
    regionalHosts.optional(),
    'us=https://grow.clio.com',
    'Hosts of Clio Grow’s lead inboxes by region, where they are not Clio’s own.',
  ),
  GROW_RATE_PER_MINUTE: setting(
    aMinute.default(30),
    '30',
    'Leads a minute of one firm, over all workers. Clio documents no limit for the inbox.',
  ),
  GROW_RATE_BURST: setting(aMinute.default(5), '5', 'How many of them may go at once after a quiet while.'),
  GROW_TIMEOUT_MS: setting(
    milliseconds.default(15_000),
    '15000',
    'Longest wait for one answer of the inbox. A lead without an answer waits for a person, so rather more than less.',
  ),
  LAWPAY_RATE_PER_MINUTE: setting(
    aMinute.default(120),
    '120',
    'Requests a minute of one firm at LawPay, over all workers. LawPay documents no limit.',
  ),
  LAWPAY_RATE_BURST: setting(
    aMinute.default(20),
    '20',
    'How many of them may go at once after a quiet while.',
  ),
  SMTP_URL: setting(
    z
      .string()
      .regex(/^smtps?:\/\/[^\s]+$/, 'smtp:// or smtps://, with user and secret where the server wants them')
      .optional(),
    'smtp://hermes:s3cret@mail.example.com:587',
    'Mail server for alerts and notices; smtp:// uses STARTTLS when the server offers it. Unset: no mail.',
  ),
  HERMES_MAIL_FROM: setting(
    z.string().min(3).default('HERMES <hermes@localhost>'),
    'HERMES <hermes@example.com>',
    'Sender of that mail.',
  ),
  TWILIO_ACCOUNT_SID: setting(
    z.string().min(1).optional(),
    'AC0123456789abcdef0123456789abcdef',
    'Twilio account that sends text messages, with TWILIO_AUTH_TOKEN and HERMES_SMS_FROM. Unset: no text messages.',
  ),
  HERMES_SMS_FROM: setting(
    z.string().min(1).optional(),
    '+15125550100',
    'Number or messaging service (MG…) that text messages come from.',
  ),
  TWILIO_API_URL: setting(url.default('https://api.twilio.com'), 'https://api.twilio.com', 'Twilio’s API.'),
  PAGERDUTY_EVENTS_URL: setting(
    url.default('https://events.pagerduty.com'),
    'https://events.eu.pagerduty.com',
    'PagerDuty’s Events API.',
  ),
  HERMES_NOTICE_TIMEOUT_MS: setting(
    milliseconds.default(10_000),
    '10000',
    'Longest wait for one answer of a mail server, Twilio, Slack or PagerDuty.',
  ),
  HERMES_OPERATOR_MAIL: setting(
    z.email().optional(),
    'oncall@example.com',
    'The operator’s own mailbox, told of every alert of every firm.',
  ),
  HERMES_OPERATOR_SMS: setting(
    z.string().min(1).optional(),
    '+15125550101',
    'The operator’s own telephone, told of critical alerts.',
  ),
  HERMES_OPERATOR_SLACK_URL: setting(
    url.optional(),
    'https://hooks.slack.com/services/T000/B000/xxxx',
    'Incoming webhook of the operator’s own Slack channel, told of every alert.',
  ),
  HERMES_OPERATOR_PAGERDUTY_KEY: setting(
    z.string().min(1).optional(),
    '0123456789abcdef0123456789abcdef',
    'Integration key (Events API v2) of the operator’s own service, told of critical alerts and of their end.',
  ),
  HERMES_WEBHOOK_TIMEOUT_MS: setting(
    milliseconds.default(15_000),
    '15000',
    'Longest wait for an endpoint that is sent an event, its name’s resolution included.',
  ),
  HERMES_WEBHOOK_RATE_PER_MINUTE: setting(
    aMinute.default(600),
    '600',
    'Events a minute that one endpoint may be sent at most; each may ask for less.',
  ),
  HERMES_WEBHOOK_PORTS: setting(
    ports.default([443]),
    '443,8443',
    'Ports that an endpoint’s address may name, separated by commas.',
  ),
  HERMES_WEBHOOK_DISABLE_AFTER_MS: setting(
    milliseconds.default(432_000_000),
    '432000000',
    'An endpoint that takes no event for so long (5 days) is disabled, with an alert.',
  ),
  HERMES_WEBHOOK_ALLOW_PRIVATE: setting(
    z
      .enum(['on', 'off'])
      .default('off')
      .transform((v) => v === 'on'),
    'off',
    'Lets endpoints be private addresses and plain HTTP. For development only: it opens your network to whoever may add an endpoint.',
  ),
  LAWPAY_TIMEOUT_MS: setting(milliseconds.default(15_000), '15000', 'Longest wait for one LawPay answer.'),
  LAWPAY_SETTLE_MS: setting(
    milliseconds.default(2_000),
    '2000',
    'Pause before a charge whose answer was lost is looked up, doubled twice; longer than LawPay’s index lags.',
  ),
  LAWPAY_POLL_MS: setting(
    milliseconds.min(10_000, 'at least 10000 milliseconds').default(900_000),
    '900000',
    'How often LawPay is asked what has happened, beside the events that it posts.',
  ),
  LAWPAY_COMPARE_MS: setting(
    milliseconds.min(10_000, 'at least 10000 milliseconds').default(86_400_000),
    '86400000',
    'How often our ledger of links, charges and refunds is compared with LawPay’s: daily.',
  ),
  LAWPAY_FIELDS_SCRIPT: setting(
    url.default('https://cdn.affinipay.com/hostedfields/1.5.3/fieldGen_1.5.3.js'),
    'https://cdn.affinipay.com/hostedfields/1.5.3/fieldGen_1.5.3.js',
    'Where our payment page gets LawPay’s card fields from.',
  ),
  LAWPAY_FIELDS_INTEGRITY: setting(
    z
      .string()
      .regex(/^sha(256|384|512)-[A-Za-z0-9+/=]+$/, 'a hash such as sha384-…')
      .optional(),
    'sha384-oqVuAfXRKap7fdgcCY5uykM6+R9GqQ8K/uxy9rx7HNQlGYl1kPzQho1wx4JwY8wC',
    'Subresource integrity of that script; with it a changed script is not run.',
  ),
  LAWPAY_FIELDS_ORIGINS: setting(
    origins.default(['https://cdn.affinipay.com', 'https://api.affinipay.com', 'https://api.8am.com']),
    'https://cdn.affinipay.com,https://api.affinipay.com,https://api.8am.com',
    'Origins that those fields load from and send cards to; browsers are told to allow no other.',
  ),
  HERMES_PAYMENT_PAGE_HOURS: setting(
    z.coerce.number().int().min(1, 'at least one hour').max(8_760, 'at most a year').default(168),
    '168',
    'How long a link to our own payment page is good.',
  ),
  // The embedded stack (npm start). Ports are on loopback.
  HERMES_POSTGRES_PORT: setting(port.default(54_329), '54329', 'Port of the embedded PostgreSQL.'),
  HERMES_TEMPORAL_PORT: setting(port.default(7233), '7233', 'Port of the embedded Temporal server.'),
  HERMES_TEMPORAL_UI_PORT: setting(port.default(8233), '8233', 'Port of the embedded Temporal UI.'),
  HERMES_CLIO_STANDIN_PORT: setting(port.default(8091), '8091', 'Port of the Clio stand-in.'),
  HERMES_LAWPAY_STANDIN_PORT: setting(port.default(8092), '8092', 'Port of the LawPay stand-in.'),
  HERMES_OPENAI_STANDIN_PORT: setting(port.default(8093), '8093', 'Port of the OpenAI stand-in.'),
  TEMPORAL_CLI_PATH: setting(
    z.string().min(1).optional(),
    '/usr/local/bin/temporal',
    'Temporal CLI to use. Unset: the one on PATH, else a cached or fetched one.',
  ),
  TEMPORAL_TEST_SERVER_PATH: setting(
    z.string().min(1).optional(),
    '/usr/local/bin/temporal-test-server',
    'Time-skipping test server for the tests. Unset: found or fetched likewise.',
  ),
} satisfies Record<string, Setting>;

export type SettingName = keyof typeof settings;
/** The environment, parsed. Frozen. */
export type Config = { readonly [K in SettingName]: z.output<(typeof settings)[K]['schema']> };
