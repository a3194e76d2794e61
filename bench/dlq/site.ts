/** What is measured: the real stack on free ports, with a Clio that refuses or takes whatever it is sent. */
import { readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import type { Pool } from 'pg';
import { controlOf, type Control } from '../../standins/kit/control.js';
import { type Ask, createAsk } from '../../src/cli/operator/ask.js';
import { demoFirm } from '../../src/cli/up/parts/demo-firm.js';
import type { Progress } from '../../src/cli/up/progress.js';
import { startStack } from '../../src/cli/up/stack.js';
import { createDataConverter } from '../../src/codec/data-converter.js';
import { loadConfig } from '../../src/config/load.js';
import { openPool } from '../../src/db/pool.js';
import { createLogger } from '../../src/telemetry/logger.js';

export interface DlqSite {
  tenantId: string;
  ask: Ask;
  /** As the application. */
  pool: Pool;
  temporal: Client;
  temporalAddress: string;
  dataConverter: ReturnType<typeof createDataConverter>;
  clio: Control;
  close(): Promise<void>;
}

/** Nothing here waits for a person, a vendor's clock or a limit of ours. */
const settings = {
  HERMES_STT: 'none',
  HERMES_TTS: 'none',
  HERMES_RATE_PER_ADDRESS: '1000000',
  HERMES_RATE_PER_TENANT: '1000000',
  HERMES_RECONCILE_MS: '86400000',
  CLIO_SETTLE_MS: '0',
  CLIO_RATE_PER_MINUTE: '1000000',
  CLIO_RATE_BURST: '1000000',
  HERMES_BREAKER_FAILURES: '1000000',
  LOG_LEVEL: 'error',
};

/** @throws what `startStack` throws; nothing is left behind then. */
export async function openSite(progress: Progress, signal: AbortSignal): Promise<DlqSite> {
  const directory = await mkdtemp(join(tmpdir(), 'hermes-bench-dlq-'));
  await chmod(directory, 0o711); // root lends the database another account, which must get through
  const forget = (): Promise<void> => rm(directory, { recursive: true, force: true });
  const env = { ...process.env, ...settings };
  const stack = await startStack({ env, dataDir: directory, ports: 'ephemeral', progress, signal }).catch(
    async (error: unknown) => {
      await forget();
      throw error;
    },
  );
  const { api, database, temporal: temporalAddress, standins } = stack.addresses;
  const { HERMES_PAYLOAD_KEYS: keys, TEMPORAL_NAMESPACE: namespace } = loadConfig(stack.env);
  if (!stack.token || standins.clio === undefined || keys === undefined) {
    await stack.stop().finally(forget);
    throw new Error('The bench needs the embedded keys and stand-ins; unset HERMES_JWKS and CLIO settings.');
  }
  const connection = await Connection.connect({ address: temporalAddress });
  const pool = openPool(database.app, 5, () => undefined);
  const dataConverter = createDataConverter(keys, createLogger('error', 'bench'));
  const clio = controlOf(standins.clio);
  await clio.configure({ rateLimitPerMinute: 1_000_000 });
  return {
    ...{ pool, clio, dataConverter, temporalAddress, tenantId: demoFirm.tenantId },
    ask: createAsk(api, readFileSync(stack.token.file, 'utf8').trim()),
    temporal: new Client({ connection, namespace, dataConverter }),
    close: async () => {
      await pool.end();
      await connection.close();
      await stack.stop().finally(forget);
    },
  };
}
