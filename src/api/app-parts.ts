/** What the API stands on, made of the settings and of what the edge has opened. */
import type { JWTVerifyGetKey } from 'jose';
import type { Pool } from 'pg';
import type { ConfigWith } from '../config/load.js';
import { createKeyRing } from '../codec/key-ring.js';
import { pingDatabase } from '../db/health.js';
import { turnCounts } from '../db/latency.js';
import type { Logger } from '../telemetry/logger.js';
import type { AppDeps } from './app.js';
import type { CallService } from './call-service.js';
import { createConsentStates } from './connections/consent-states.js';
import { createDecisionDesk } from './dead-letters/desk.js';
import { createRedriveDesk } from './dead-letters/redrive-desk.js';
import { createRetry } from './dead-letters/retry.js';
import { createUpdateIds } from './dead-letters/update-ids.js';
import { codecOptionsOf, ladderOf, noticeSystemsOf, publicUrlOf } from './edge-options.js';
import type { LoopDelay } from './loop-delay.js';
import { createEventsLine } from './pay/events-line.js';
import { createPayDesk, type PayDeskDeps } from './pay/pay-desk.js';
import { createRefundDesk } from './pay/refund-desk.js';
import { MAX_LOOP_DELAY_MS } from './plugins/limits.js';
import { createReadiness } from './readiness.js';
import { createNoteConnected, createNoteReconnected, keepNoting } from './reconnected.js';
import type { ClioDesk, GrowDesk } from './routes/connections/deps.js';
import type { DeadLetterDeps } from './routes/dead-letters/deps.js';
import type { HealthDeps } from './routes/health.js';
import type { MonitoringDeps } from './routes/monitoring.js';
import type { PaymentDeps } from './routes/payments/index.js';
import type { WebhookDeps } from './routes/webhooks/deps.js';
import { createStartWrite } from './start-write.js';
import { temporalLinks } from './temporal-links.js';
import type { Temporal } from './temporal.js';

/** What the edge has opened. */
export interface EdgeParts {
  config: ConfigWith<'HERMES_PAYLOAD_KEYS' | 'HERMES_SECRET_KEY'>;
  version: string;
  pool: Pool;
  box: DeadLetterDeps['box'] & PayDeskDeps['box'] & WebhookDeps['webhooks']['box'];
  clio: ClioDesk;
  grow: GrowDesk;
  temporal: Temporal;
  logger: Logger;
  keys: JWTVerifyGetKey;
  calls: CallService;
  latency: MonitoringDeps['latency'];
  modelShutdowns: HealthDeps['modelShutdowns'];
  paymentSetup: PaymentDeps['paymentSetup'];
}

/** @param stop aborts what goes on beside requests. */
export const appDepsOf = (
  deps: EdgeParts,
  { loopDelay, stop }: { loopDelay: LoopDelay; stop: AbortSignal },
): AppDeps => ({
  ...frameOf(deps),
  ...healthOf(deps, loopDelay),
  ...deadLettersOf(deps),
  ...moneyOf(deps),
  ...outsideOf(deps, stop),
  recordings: deps.calls.recordings,
  twilioAuthToken: deps.config.TWILIO_AUTH_TOKEN,
  codec: { ring: createKeyRing(deps.config.HERMES_PAYLOAD_KEYS), ...codecOptionsOf(deps.config) },
});

/** Who may ask, how much, and where the answers point. */
const frameOf = ({ config, pool, box, logger, keys, version }: EdgeParts) => ({
  ...{ logger, pool, box, version },
  auth: { keys, issuer: config.HERMES_JWT_ISSUER, audience: config.HERMES_JWT_AUDIENCE },
  limits: {
    perAddress: config.HERMES_RATE_PER_ADDRESS,
    perTenant: config.HERMES_RATE_PER_TENANT,
    maxLoopDelayMs: MAX_LOOP_DELAY_MS,
  },
  publicUrl: publicUrlOf(config),
});

/** How the edge is. */
const healthOf = ({ pool, temporal, calls, config, ...told }: EdgeParts, loopDelay: LoopDelay) => ({
  readiness: createReadiness({
    pingDatabase: () => pingDatabase(pool),
    pingTemporal: temporal.ping,
    journalHealthy: () => calls.journal.health().disk === 'ok',
  }),
  latency: told.latency,
  modelShutdowns: told.modelShutdowns,
  turns: (...[tenantId, window]: Parameters<AppDeps['turns']>) => turnCounts(pool, tenantId, window),
  liveCalls: () => calls.registry.size,
  maxCalls: config.HERMES_MAX_CALLS,
  journal: () => calls.journal.health(),
  providers: () => calls.circuits(),
  load: () => calls.load(),
  loopDelayP99Ms: () => loopDelay.p99Ms(),
});

const deadLettersOf = ({ config, pool, logger, temporal: { client: temporal } }: EdgeParts) => ({
  temporalLink: temporalLinks(config.TEMPORAL_UI_URL, config.TEMPORAL_NAMESPACE),
  retry: createRetry({ pool, temporal, logger }),
  desk: createDecisionDesk({
    ...{ temporal, logger },
    updateIds: createUpdateIds(Buffer.from(config.HERMES_SECRET_KEY, 'base64')),
  }),
  redrives: createRedriveDesk({ temporal, logger, pool }),
});

const moneyOf = ({ config, pool, box, logger, paymentSetup, temporal: { client } }: EdgeParts) => ({
  paymentSetup,
  eventsCame: createEventsLine({ temporal: client, logger }),
  refunds: createRefundDesk({ pool, temporal: client, ladder: ladderOf(config) }),
  payDesk: createPayDesk({ pool, logger, box, temporal: client, ladder: ladderOf(config) }),
  cardFields: {
    script: config.LAWPAY_FIELDS_SCRIPT,
    integrity: config.LAWPAY_FIELDS_INTEGRITY,
    origins: config.LAWPAY_FIELDS_ORIGINS,
  },
});

/** Firms' connections, and whom they want told. */
function outsideOf(deps: EdgeParts, stop: AbortSignal) {
  const { config, pool, box, logger, temporal } = deps;
  const start = createStartWrite({ temporal: temporal.client, logger });
  const policy = { ports: config.HERMES_WEBHOOK_PORTS, allowPrivate: config.HERMES_WEBHOOK_ALLOW_PRIVATE };
  const line = { pool, temporal: temporal.client };
  return {
    connections: {
      states: createConsentStates(deps),
      clio: deps.clio,
      grow: deps.grow,
      reconnected: keepNoting(createNoteConnected(line), { logger, stop }),
    },
    notices: { box, policy, carriers: noticeSystemsOf(config), start },
    webhooks: {
      ...{ box, policy, start },
      maxRatePerMinute: config.HERMES_WEBHOOK_RATE_PER_MINUTE,
      reconnected: createNoteReconnected(line),
    },
  };
}
