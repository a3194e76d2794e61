/** Composition root of the worker process. */
import { join } from 'node:path';
import { getClient } from '@temporalio/activity';
import { publicUrlOf } from '../api/edge-options.js';
import { createBreakerActivities } from '../activities/breaker.js';
import { createClioActivities } from '../activities/clio.js';
import { clioPlacesOf, webhookReceiverOf } from '../activities/clio-places.js';
import { createIntakeActivities } from '../activities/intake.js';
import { createLawPayActivities } from '../activities/lawpay.js';
import { createNoteReconnected } from '../api/reconnected.js';
import { createDataConverter } from '../codec/data-converter.js';
import { createOutgoing } from '../activities/outgoing/assemble.js';
import { carriersOf, operatorOf } from '../activities/outgoing/carriers.js';
import { createReconcileActivities } from '../activities/reconcile.js';
import { createRedriveActivities } from '../activities/redrive.js';
import { createGuardedPost } from '../clients/outgoing/guarded-post.js';
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
import { startWrite } from './start-write.js';
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

/** What a crash kept from being told is told this much later at most. */
const SWEEP_MS = 60_000;
/** Before a text message is looked for again: Twilio’s list lags a little. */
const NOTICE_SETTLE_MS = 2_000;
/** Events that an endpoint may be sent at once after a quiet while. */
const EVENT_BURST = 20;
/** Slack takes one message a second from a webhook; nobody reads more than that of the others. */
const notices = { rule: { perMinute: 60, burst: 10 }, requests: 1 };
const noticePaces = { mail: notices, sms: notices, slack: notices, pagerduty: notices };

/** Each request is paid for by a slot of its own; the first one is taken before the write begins. */
const pacesOf = (config: Config) => ({
  clio: { rule: { perMinute: config.CLIO_RATE_PER_MINUTE, burst: config.CLIO_RATE_BURST }, requests: 1 },
  lawpay: {
    rule: { perMinute: config.LAWPAY_RATE_PER_MINUTE, burst: config.LAWPAY_RATE_BURST },
    requests: 1,
  },
  webhook: { rule: { perMinute: config.HERMES_WEBHOOK_RATE_PER_MINUTE, burst: EVENT_BURST }, requests: 1 },
  ...noticePaces,
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
    const post = createGuardedPost({
      policy: { ports: config.HERMES_WEBHOOK_PORTS, allowPrivate: config.HERMES_WEBHOOK_ALLOW_PRIVATE },
      timeoutMs: config.HERMES_WEBHOOK_TIMEOUT_MS,
    });
    const outgoing = createOutgoing({
      ...{ pool, box, logger, post, start: startWrite, publicUrl: config.HERMES_PUBLIC_URL },
      ...{ carriers: carriersOf(config, post), operator: operatorOf(config) },
      disableAfterMs: config.HERMES_WEBHOOK_DISABLE_AFTER_MS,
      settleMs: NOTICE_SETTLE_MS,
    });
    const { alerts, outbox } = outgoing;
    const paces = pacesOf(config);
    const gate = { logger, alerts, rules, paces, line: breakerLine, outbox };
    await runWorkers({
      temporalAddress,
      namespace: config.TEMPORAL_NAMESPACE,
      bundlePath,
      deployment: deploymentOf(config),
      dataConverter,
      activities: {
        core: {
          ...createIntakeActivities({ pool, box, alerts, outbox, extract: extractFrom }),
          ...createBreakerActivities({
            pool,
            rules,
            perMinute: (system) => paces[system].rule.perMinute,
            wake,
          }),
          ...createRedriveActivities({ pool, tell: tellWrite }),
          ...outgoing.core,
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
        ...outgoing.activities(gate),
      },
      pool,
      schedules: (client) =>
        ensureSchedules(client, {
          reconcileMs: config.HERMES_RECONCILE_MS,
          paymentPollMs: config.LAWPAY_POLL_MS,
          paymentCompareMs: config.LAWPAY_COMPARE_MS,
          tendMs: config.HERMES_TEND_MS,
          sweepMs: SWEEP_MS,
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
