/** Temporal, and who may read what it keeps. */
import { z } from 'zod';
import { setting } from '../setting.js';
import { url, origins, aMinute, key32, payloadKeys, address } from '../values.js';

export const temporalSettings = {
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
};
