/** Composition root of the worker process. */
import { join } from 'node:path';
import { createDataConverter } from '../codec/data-converter.js';
import { createCipher } from '../config/cipher.js';
import { ConfigError, loadProcessConfig } from '../config/load.js';
import type { Config } from '../config/schema.js';
import { openPool } from '../db/pool.js';
import { createLogger } from '../telemetry/logger.js';
import { assembleActivities } from './assemble.js';
import { provideWorkflowBundle } from './bundle.js';
import { runWorkers } from './run.js';
import { installRuntime } from './runtime.js';
import { ensureSchedules, type Rhythm } from './schedules.js';
import { workerPoolSize } from './workers.js';

/** @throws ConfigError naming the variable when something the worker cannot do without is unset. */
function needed<K extends 'DATABASE_URL' | 'TEMPORAL_ADDRESS' | 'HERMES_SECRET_KEY' | 'HERMES_PAYLOAD_KEYS'>(
  config: Config,
  name: K,
) {
  const value = config[name];
  if (value === undefined) throw new ConfigError(`${name} must be set for the worker`);
  return value;
}

const deploymentOf = ({ TEMPORAL_DEPLOYMENT_NAME: name, TEMPORAL_WORKER_BUILD_ID: buildId }: Config) =>
  buildId === undefined ? undefined : { name, buildId };

/** What a crash kept from being told is told this much later at most. */
const SWEEP_MS = 60_000;

const rhythmOf = (config: Config): Rhythm => ({
  reconcileMs: config.HERMES_RECONCILE_MS,
  paymentPollMs: config.LAWPAY_POLL_MS,
  paymentCompareMs: config.LAWPAY_COMPARE_MS,
  tendMs: config.HERMES_TEND_MS,
  sweepMs: SWEEP_MS,
});

async function main(): Promise<void> {
  const config = loadProcessConfig();
  const logger = createLogger(config.LOG_LEVEL, 'worker');
  const stop = new AbortController();
  // Registered before the runtime, whose own handlers are switched off: one way to stop, not two.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort());
  installRuntime(logger);
  const temporalAddress = needed(config, 'TEMPORAL_ADDRESS');
  const dataConverter = createDataConverter(needed(config, 'HERMES_PAYLOAD_KEYS'), logger);
  const box = createCipher(Buffer.from(needed(config, 'HERMES_SECRET_KEY'), 'base64'));
  const pool = openPool(needed(config, 'DATABASE_URL'), workerPoolSize, (err) =>
    logger.warn({ err }, 'a pooled database connection died'),
  );
  try {
    await runWorkers({
      ...{ temporalAddress, dataConverter, pool, logger, stop: stop.signal },
      namespace: config.TEMPORAL_NAMESPACE,
      bundlePath: await provideWorkflowBundle({
        sourceDir: join(import.meta.dirname, '..'),
        cacheDir: join(config.HERMES_DATA_DIR, 'cache'),
        logger,
      }),
      deployment: deploymentOf(config),
      activities: assembleActivities({ config, pool, box, logger }),
      schedules: (client) => ensureSchedules(client, rhythmOf(config)),
      health: { host: '127.0.0.1', port: config.HERMES_WORKER_PORT },
    });
    logger.info({ event: 'stopped' }, 'the worker has stopped');
  } finally {
    await pool.end();
  }
}

main().catch((error: unknown) => {
  if (error instanceof ConfigError) process.stderr.write(`${error.message}\n`);
  else createLogger('info', 'worker').fatal({ err: error }, 'the worker failed');
  process.exitCode = 1;
});
