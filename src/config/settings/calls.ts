/** Telephone lines, recordings, limits of calls. */
import { z } from 'zod';
import { setting } from '../setting.js';
import { milliseconds, waitMs } from '../values.js';

export const callsSettings = {
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
};
