/** Composition root of the edge: one process that takes calls and answers the API. */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import manifest from '../../package.json' with { type: 'json' };
import { createClioConnector } from '../activities/clio-connect.js';
import type { ClioConnectDeps } from '../activities/clio-connect-deps.js';
import { clioPlacesOf, webhookReceiverOf } from '../activities/clio-places.js';
import { createGrowDesk } from '../activities/grow/inbox.js';
import { createPacer } from '../activities/write-pace.js';
import { cacheDirectory } from '../../temporal/binaries.js';
import { createDataConverter } from '../codec/data-converter.js';
import { createLawPaySetup } from '../activities/lawpay/setup.js';
import { createCipher } from '../config/cipher.js';
import {
  ConfigError,
  type ConfigWith,
  loadProcessConfig,
  processEnvironment,
  requireSettings,
} from '../config/load.js';
import { latencyHistograms, storeLatencyMinute } from '../db/latency.js';
import { openPool } from '../db/pool.js';
import { mergeStages } from '../telemetry/latency-report.js';
import { LatencyRecorder } from '../telemetry/latency.js';
import { createLogger, type Logger } from '../telemetry/logger.js';
import { openCallService } from './call-service.js';
import { providerChoiceOf, publicUrlOf } from './edge-options.js';
import { openHttpService } from './http-service.js';
import { watchModels } from './model-watch.js';
import { loadKeys } from './jwks.js';
import { neededToRecord } from './recording-store.js';
import { Closing } from './shutdown.js';
import { openTemporal } from './temporal.js';

/** sysexits.h EX_CONFIG: a supervisor need not start it again. */
const EXIT_CONFIG = 78;
/** For the API and the claims of one edge; the embedded PostgreSQL has 100 connections for everybody. */
const POOL_SIZE = 20;
/** Somebody waits at a screen, for two requests at most. */
const LAWPAY_TIMEOUT_MS = 5_000;
const needed = [
  'DATABASE_URL',
  'HERMES_JWKS',
  'HERMES_PAYLOAD_KEYS',
  'HERMES_SECRET_KEY',
  'TEMPORAL_ADDRESS',
] as const;
type EdgeConfig = ConfigWith<(typeof needed)[number]>;

/** Opens everything in order; what was opened is in `closing`, with limits that add up to 8 s. */
async function startEdge(config: EdgeConfig, logger: Logger, closing: Closing): Promise<void> {
  requireSettings(config, neededToRecord(config), `HERMES_RECORDING=${config.HERMES_RECORDING} needs them`);
  const keys = await readSetting('HERMES_JWKS', () => loadKeys(config.HERMES_JWKS));
  const cacheDir = cacheDirectory(processEnvironment());
  const providers = await readSetting('TTS_VOICE', () => providerChoiceOf(config, cacheDir, logger));
  const pool = openPool(config.DATABASE_URL, POOL_SIZE, (err) =>
    logger.warn({ err }, 'an idle connection died'),
  );
  closing.add('database', 600, () => pool.end());
  const converter = createDataConverter(config.HERMES_PAYLOAD_KEYS, logger);
  const temporal = openTemporal(config.TEMPORAL_ADDRESS, config.TEMPORAL_NAMESPACE, converter);
  closing.add('temporal', 300, temporal.close);
  const instance = `${hostname()}-${process.pid}-${randomBytes(3).toString('hex')}`;
  const timing = new LatencyRecorder({
    store: (minute) => storeLatencyMinute(pool, instance, minute),
    logger,
  });
  closing.add('latency', 1_000, () => timing.close());
  const cipher = createCipher(Buffer.from(config.HERMES_SECRET_KEY, 'base64'));
  const calls = await openCallService({
    config,
    pool,
    logger,
    timing,
    closing,
    temporal: temporal.client,
    providers,
    cipher,
    seal: {
      seal: (plain) => cipher.seal(Buffer.from(plain).toString('utf8'), 'journal'),
      open: (sealed) => Buffer.from(cipher.open(sealed, 'journal'), 'utf8'),
    },
  });
  const models = watchModels(providers, logger);
  closing.add('model watch', 100, () => models.close());
  await openHttpService({
    config,
    pool,
    box: cipher,
    clio: clioDeskOf(config, { pool, box: cipher, logger }),
    grow: createGrowDesk({ pool, box: cipher, hosts: config.GROW_HOSTS ?? {} }),
    temporal,
    logger,
    keys,
    calls,
    closing,
    version: manifest.version,
    modelShutdowns: () => models.upcoming(),
    paymentSetup: createLawPaySetup({
      ...{ pool, logger, box: cipher, timeoutMs: LAWPAY_TIMEOUT_MS },
      rule: { perMinute: config.LAWPAY_RATE_PER_MINUTE, burst: config.LAWPAY_RATE_BURST },
    }),
    latency: (tenantId, window, only) => mergeStages(latencyHistograms(pool, tenantId, window, only)),
  });
  logger.info({ event: 'ready', url: publicUrlOf(config), engines: calls.engines }, 'the edge takes calls');
}

/** The edge asks Clio only when a person connects a firm or lets it go; everything else is the workers'. */
function clioDeskOf(config: EdgeConfig, given: Pick<ClioConnectDeps, 'pool' | 'box' | 'logger'>) {
  const rule = { perMinute: config.CLIO_RATE_PER_MINUTE, burst: config.CLIO_RATE_BURST };
  return createClioConnector({
    ...given,
    places: clioPlacesOf(config),
    redirectUri: `${publicUrlOf(config).replace(/\/+$/, '')}/oauth/clio/callback`,
    receiver: webhookReceiverOf(config.HERMES_PUBLIC_URL),
    timeoutMs: config.CLIO_TIMEOUT_MS,
    pacerFor: (tenantId, signal) =>
      createPacer({
        ...{ rule, requests: 1, ...given, tenantId, lane: 'clio', signal },
        ...{ nowMs: undefined, taken: undefined },
      }),
  });
}

/** Reads what a setting points to. @throws ConfigError naming the setting. */
async function readSetting<T>(name: string, read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw new ConfigError(`${name}: ${error instanceof Error ? error.message : 'is not valid'}`, {
      cause: error,
    });
  }
}

/** Runs until SIGTERM or SIGINT. @throws what prevented the start, after closing what was already open. */
async function run(): Promise<void> {
  const stop = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
  const config = requireSettings(loadProcessConfig(), needed);
  // Twilio signs and opens public addresses only.
  if (config.TWILIO_AUTH_TOKEN !== undefined) requireSettings(config, ['HERMES_PUBLIC_URL']);
  const logger = createLogger(config.LOG_LEVEL, 'edge');
  process.on('unhandledRejection', (err) =>
    logger.error({ err }, 'a promise was rejected and nobody noticed'),
  );
  const closing = new Closing();
  try {
    await Promise.race([startEdge(config, logger, closing), stop]);
    await stop;
  } finally {
    await closing.run(logger);
  }
  logger.info({ event: 'stopped' }, 'the edge has stopped');
}

run().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(
      `The edge does not start. ${error instanceof Error ? error.message : String(error)}\n`,
    );
    process.exit(error instanceof ConfigError ? EXIT_CONFIG : 1);
  },
);
