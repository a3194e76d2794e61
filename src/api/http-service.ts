import type { JWTVerifyGetKey } from 'jose';
import type { Pool } from 'pg';
import type { Config } from '../config/schema.js';
import { createKeyRing } from '../codec/key-ring.js';
import type { ConfigWith } from '../config/load.js';
import { pingDatabase } from '../db/health.js';
import { turnCounts } from '../db/latency.js';
import type { Logger } from '../telemetry/logger.js';
import { buildApp } from './app.js';
import type { CallService } from './call-service.js';
import { createDecisionDesk } from './dead-letters/desk.js';
import { createRedriveDesk } from './dead-letters/redrive-desk.js';
import { createRetry } from './dead-letters/retry.js';
import { createUpdateIds } from './dead-letters/update-ids.js';
import { codecOptionsOf, ladderOf, noticeSystemsOf, publicUrlOf } from './edge-options.js';
import { watchLoopDelay } from './loop-delay.js';
import { MAX_LOOP_DELAY_MS } from './plugins/limits.js';
import { createEventsLine } from './pay/events-line.js';
import { createPayDesk, type PayDeskDeps } from './pay/pay-desk.js';
import { createRefundDesk } from './pay/refund-desk.js';
import { createConsentStates } from './connections/consent-states.js';
import { createNoteConnected, createNoteReconnected, keepNoting } from './reconnected.js';
import type { WebhookDeps } from './routes/webhooks/deps.js';
import { createStartWrite } from './start-write.js';
import { createReadiness } from './readiness.js';
import type { ClioDesk } from './routes/connections/deps.js';
import type { DeadLetterDeps } from './routes/dead-letters/deps.js';
import type { HealthDeps } from './routes/health.js';
import type { PaymentDeps } from './routes/payments/index.js';
import type { MonitoringDeps } from './routes/monitoring.js';
import { NATIVE_STREAM_PATH, REALTIME_PATH } from './routes/sessions.js';
import { TWILIO_STREAM_PATH } from './routes/twilio.js';
import type { Closing } from './shutdown.js';
import { temporalLinks } from './temporal-links.js';
import type { Temporal } from './temporal.js';
import { isSignedByTwilio } from './twilio-signature.js';
import { serveUpgrades, type UpgradeTarget } from './voice-upgrade.js';

export interface HttpServiceDeps {
  config: ConfigWith<'HERMES_PAYLOAD_KEYS' | 'HERMES_SECRET_KEY'>;
  version: string;
  pool: Pool;
  box: DeadLetterDeps['box'] & PayDeskDeps['box'] & WebhookDeps['webhooks']['box'];
  clio: ClioDesk;
  temporal: Temporal;
  logger: Logger;
  keys: JWTVerifyGetKey;
  calls: CallService;
  latency: MonitoringDeps['latency'];
  modelShutdowns: HealthDeps['modelShutdowns'];
  paymentSetup: PaymentDeps['paymentSetup'];
  closing: Closing;
}

/** Sockets that have not said `start` yet get as much room as calls: they are cut after 5 s. */
const SOCKETS_PER_CALL = 2;

/**
 * Answers the API and takes upgrades, from now on.
 * @throws the system's error when the port is taken.
 */
export async function openHttpService(deps: HttpServiceDeps): Promise<void> {
  const { config, pool, temporal, logger, calls, closing } = deps;
  const loopDelay = watchLoopDelay();
  const stopping = new AbortController();
  const startWrite = createStartWrite({ temporal: temporal.client, logger });
  const policy = { ports: config.HERMES_WEBHOOK_PORTS, allowPrivate: config.HERMES_WEBHOOK_ALLOW_PRIVATE };
  const app = await buildApp({
    logger,
    pool,
    version: deps.version,
    latency: deps.latency,
    auth: { keys: deps.keys, issuer: config.HERMES_JWT_ISSUER, audience: config.HERMES_JWT_AUDIENCE },
    limits: {
      perAddress: config.HERMES_RATE_PER_ADDRESS,
      perTenant: config.HERMES_RATE_PER_TENANT,
      maxLoopDelayMs: MAX_LOOP_DELAY_MS,
    },
    publicUrl: publicUrlOf(config),
    twilioAuthToken: config.TWILIO_AUTH_TOKEN,
    temporalLink: temporalLinks(config.TEMPORAL_UI_URL, config.TEMPORAL_NAMESPACE),
    retry: createRetry({ pool, temporal: temporal.client, logger }),
    desk: createDecisionDesk({
      ...{ temporal: temporal.client, logger },
      updateIds: createUpdateIds(Buffer.from(config.HERMES_SECRET_KEY, 'base64')),
    }),
    redrives: createRedriveDesk({ temporal: temporal.client, logger, pool }),
    box: deps.box,
    paymentSetup: deps.paymentSetup,
    eventsCame: createEventsLine({ temporal: temporal.client, logger }),
    refunds: createRefundDesk({ pool, temporal: temporal.client, ladder: ladderOf(config) }),
    payDesk: createPayDesk({
      ...{ pool, logger, box: deps.box, temporal: temporal.client },
      ladder: ladderOf(config),
    }),
    cardFields: {
      script: config.LAWPAY_FIELDS_SCRIPT,
      integrity: config.LAWPAY_FIELDS_INTEGRITY,
      origins: config.LAWPAY_FIELDS_ORIGINS,
    },
    connections: {
      states: createConsentStates(deps),
      clio: deps.clio,
      reconnected: keepNoting(createNoteConnected({ pool, temporal: temporal.client }), {
        logger,
        stop: stopping.signal,
      }),
    },
    notices: {
      ...{ box: deps.box, policy, carriers: noticeSystemsOf(config), start: startWrite },
    },
    webhooks: {
      box: deps.box,
      policy,
      maxRatePerMinute: config.HERMES_WEBHOOK_RATE_PER_MINUTE,
      start: startWrite,
      reconnected: createNoteReconnected({ pool, temporal: temporal.client }),
    },
    turns: (tenantId, window) => turnCounts(pool, tenantId, window),
    readiness: createReadiness({
      pingDatabase: () => pingDatabase(pool),
      pingTemporal: temporal.ping,
      journalHealthy: () => calls.journal.health().disk === 'ok',
    }),
    liveCalls: () => calls.registry.size,
    maxCalls: config.HERMES_MAX_CALLS,
    journal: () => calls.journal.health(),
    providers: () => calls.circuits(),
    load: () => calls.load(),
    recordings: calls.recordings,
    loopDelayP99Ms: () => loopDelay.p99Ms(),
    modelShutdowns: deps.modelShutdowns,
    codec: { ring: createKeyRing(config.HERMES_PAYLOAD_KEYS), ...codecOptionsOf(config) },
  });
  const cutSockets = serveUpgrades(app.server, {
    transports: {
      [NATIVE_STREAM_PATH]: calls.native,
      [REALTIME_PATH]: calls.realtime,
      ...twilioTarget(config, calls),
    },
    ...(config.HERMES_ALLOWED_ORIGINS && { origins: config.HERMES_ALLOWED_ORIGINS }),
    maxSockets: config.HERMES_MAX_CALLS * SOCKETS_PER_CALL,
  });
  closing.add('http', 1_000, () => {
    stopping.abort();
    loopDelay.close();
    cutSockets();
    return app.close();
  });
  closing.add('calls', 1_700, () => calls.registry.closeAll(1_500));
  await app.listen({ host: config.HERMES_HOST, port: config.HERMES_PORT });
}

/** The media stream, for signed upgrades only; absent without the account's token. */
function twilioTarget(config: Config, { twilio }: CallService): Record<string, UpgradeTarget> {
  const { TWILIO_AUTH_TOKEN: authToken } = config;
  if (authToken === undefined) return {};
  const root = publicUrlOf(config).replace(/^http/, 'ws').replace(/\/+$/, '');
  const target: UpgradeTarget = {
    admits: ({ url = '', headers }) =>
      isSignedByTwilio(authToken, { url: root + url, signature: headers['x-twilio-signature'] }),
    handleUpgrade: (request, socket, head) => twilio.handleUpgrade(request, socket, head),
  };
  return { [TWILIO_STREAM_PATH]: target };
}
