/** The process itself, and its database. */
import { z } from 'zod';
import { setting } from '../setting.js';
import { port, url, postgresUrl, origins, aMinute } from '../values.js';

export const serviceSettings = {
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
    'PostgreSQL as the application role (row-level security applies). A pooler in between must keep prepared statements. Unset: the embedded server.',
  ),
  DATABASE_OWNER_URL: setting(
    postgresUrl.optional(),
    'postgres://hermes_owner:secret@localhost:5432/hermes',
    'PostgreSQL as the owner of the schema; used by migrations only.',
  ),
};
