/** What `npm start` brings along. */
import { z } from 'zod';
import { setting } from '../setting.js';
import { port } from '../values.js';

export const embeddedSettings = {
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
};
