/** Composition root of the worker process. */
import { join } from 'node:path';
import { getClient } from '@temporalio/activity';
import { publicUrlOf } from '../api/edge-options.js';
import { alertsToLog } from '../activities/alerts.js';
import { createBreakerActivities } from '../activities/breaker.js';
import { createClioActivities } from '../activities/clio.js';
import { clioPlacesOf, webhookReceiverOf } from '../activities/clio-places.js';
import { createIntakeActivities } from '../activities/intake.js';
import { createLawPayActivities } from '../activities/lawpay.js';
import { createNoteReconnected } from '../api/reconnected.js';
import { createDataConverter } from '../codec/data-converter.js';
import { createReconcileActivities } from '../activities/reconcile.js';
import { createRedriveActivities } from '../activities/redrive.js';
import { createCipher } from '../config/cipher.js';
import { ConfigError, loadProcessConfig } from '../config/load.js';
import type { Config } from '../config/schema.js';
import { openPool } from '../db/pool.js';
import { extractFrom } from '../domain/extract/intake.js';
import { createLogger } from '../telemetry/logger.js';
import { provideWorkflowBundle } from './bundle.js';
import { runWorkers } from './run.js';
import { tellWrite } from './redrive-signals.js';
import { installRuntime } from './runtime.js';
import { ensureSchedules } from './schedules.js';
import { breakerLine, wake } from './signals.js';
import { askWrite, seenWrites } from './visibility.js';
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

/** Each request is paid for by a slot of its own; the first one is taken before the write begins. */
const pacesOf = (config: Config) => ({
  clio: { rule: { perMinute: config.CLIO_RATE_PER_MINUTE, burst: config.CLIO_RATE_BURST }, requests: 1 },
  lawpay: {
    rule: { perMinute: config.LAWPAY_RATE_PER_MINUTE, burst: config.LAWPAY_RATE_BURST },
    requests: 1,
  },
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
    const bundlePath = await provideWorkflowBundle({
      sourceDir: join(import.meta.dirname, '..'),
      cacheDir: join(config.HERMES_DATA_DIR, 'cache'),
      logger,
    });
    const rules = {
      failures: config.HERMES_BREAKER_FAILURES,
      probeAfterMs: config.HERMES_BREAKER_PROBE_MS,
      probeMaxMs: config.HERMES_BREAKER_PROBE_MAX_MS,
    };
    const alerts = alertsToLog(logger);
    const paces = pacesOf(config);
    const gate = { logger, alerts, rules, paces, line: breakerLine };
    await runWorkers({
      temporalAddress,
      namespace: config.TEMPORAL_NAMESPACE,
      bundlePath,
      deployment: deploymentOf(config),
      dataConverter,
      activities: {
        core: {
          ...createIntakeActivities({ pool, box, alerts, extract: extractFrom }),
          ...createBreakerActivities({
            pool,
            rules,
            perMinute: (system) => paces[system].rule.perMinute,
            wake,
          }),
          ...createRedriveActivities({ pool, tell: tellWrite }),
          ...createReconcileActivities({ pool, logger, alerts, seen: seenWrites, ask: askWrite }),
        },
        clio: createClioActivities({
          receiver: webhookReceiverOf(config.HERMES_PUBLIC_URL),
          reconnected: (tenantId, system) =>
            createNoteReconnected({ pool, temporal: getClient() })(tenantId, system),
          pool,
          box,
          logger,
          gate,
          places: clioPlacesOf(config),
          timeoutMs: config.CLIO_TIMEOUT_MS,
          settleMs: config.CLIO_SETTLE_MS,
        }),
        lawpay: createLawPayActivities({
          ...{ pool, box, logger, gate },
          timeoutMs: config.LAWPAY_TIMEOUT_MS,
          settleMs: config.LAWPAY_SETTLE_MS,
          publicUrl: publicUrlOf(config).replace(/\/+$/, ''),
          pageLifeMs: config.HERMES_PAYMENT_PAGE_HOURS * 3_600_000,
        }),
      },
      pool,
      schedules: (client) =>
        ensureSchedules(client, {
          reconcileMs: config.HERMES_RECONCILE_MS,
          paymentPollMs: config.LAWPAY_POLL_MS,
          paymentCompareMs: config.LAWPAY_COMPARE_MS,
          tendMs: config.HERMES_TEND_MS,
        }),
      health: { host: '127.0.0.1', port: config.HERMES_WORKER_PORT },
      logger,
      stop: stop.signal,
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
