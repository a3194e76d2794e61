/** The worker's activities, put together of the settings and of what the process has opened. */
import { getClient } from '@temporalio/activity';
import type { Pool } from 'pg';
import { createBreakerActivities } from '../activities/breaker.js';
import { clioPlacesOf, webhookReceiverOf } from '../activities/clio-places.js';
import { createClioActivities } from '../activities/clio.js';
import { createGrowActivities } from '../activities/grow.js';
import { createIntakeActivities } from '../activities/intake.js';
import { createLawPayActivities } from '../activities/lawpay.js';
import { createOutgoing, type Outgoing } from '../activities/outgoing/assemble.js';
import { carriersOf, operatorOf } from '../activities/outgoing/carriers.js';
import { createReconcileActivities } from '../activities/reconcile.js';
import { createRedriveActivities } from '../activities/redrive.js';
import type { SecretBox } from '../activities/vendor-tokens.js';
import type { GateDeps } from '../activities/write-gate.js';
import { publicUrlOf } from '../api/edge-options.js';
import { createNoteReconnected } from '../api/reconnected.js';
import { createGuardedPost } from '../clients/outgoing/guarded-post.js';
import type { Config } from '../config/schema.js';
import { extractFrom } from '../domain/extract/intake.js';
import type { Logger } from '../telemetry/logger.js';
import { tellWrite } from './redrive-signals.js';
import { breakerLine, wake } from './signals.js';
import { startWrite } from './start-write.js';
import { askWrite, seenWrites } from './visibility.js';
import type { WorkersOptions } from './workers.js';

export interface AssemblyDeps {
  config: Config;
  pool: Pool;
  box: SecretBox;
  logger: Logger;
}

/** Before a text message is looked for again: Twilio’s list lags a little. */
const NOTICE_SETTLE_MS = 2_000;
/** Events that an endpoint may be sent at once after a quiet while. */
const EVENT_BURST = 20;
/** Slack takes one message a second from a webhook; nobody reads more than that of the others. */
const notices = { rule: { perMinute: 60, burst: 10 }, requests: 1 };
const noticePaces = { mail: notices, sms: notices, slack: notices, pagerduty: notices };

/** Nothing is asked of anybody before an activity runs. */
export function assembleActivities(deps: AssemblyDeps): WorkersOptions['activities'] {
  const outgoing = assembleOutgoing(deps);
  const gate = gateOf(deps, outgoing);
  return {
    core: coreActivities(deps, outgoing, gate),
    clio: clioActivities(deps, gate),
    grow: growActivities(deps, gate),
    lawpay: lawPayActivities(deps, gate),
    ...outgoing.activities(gate),
  };
}

/** Each request is paid for by a slot of its own; the first one is taken before the write begins. */
const pacesOf = (config: Config) => ({
  clio: { rule: { perMinute: config.CLIO_RATE_PER_MINUTE, burst: config.CLIO_RATE_BURST }, requests: 1 },
  grow: { rule: { perMinute: config.GROW_RATE_PER_MINUTE, burst: config.GROW_RATE_BURST }, requests: 1 },
  lawpay: {
    rule: { perMinute: config.LAWPAY_RATE_PER_MINUTE, burst: config.LAWPAY_RATE_BURST },
    requests: 1,
  },
  webhook: { rule: { perMinute: config.HERMES_WEBHOOK_RATE_PER_MINUTE, burst: EVENT_BURST }, requests: 1 },
  ...noticePaces,
});

/** What every attempt passes on its way to a vendor. */
const gateOf = ({ config, logger }: AssemblyDeps, { alerts, outbox }: Outgoing): GateDeps => ({
  ...{ logger, alerts, outbox },
  rules: {
    failures: config.HERMES_BREAKER_FAILURES,
    probeAfterMs: config.HERMES_BREAKER_PROBE_MS,
    probeMaxMs: config.HERMES_BREAKER_PROBE_MAX_MS,
  },
  paces: pacesOf(config),
  line: breakerLine,
});

function assembleOutgoing({ config, pool, box, logger }: AssemblyDeps): Outgoing {
  const post = createGuardedPost({
    policy: { ports: config.HERMES_WEBHOOK_PORTS, allowPrivate: config.HERMES_WEBHOOK_ALLOW_PRIVATE },
    timeoutMs: config.HERMES_WEBHOOK_TIMEOUT_MS,
  });
  return createOutgoing({
    ...{ pool, box, logger, post, start: startWrite, publicUrl: config.HERMES_PUBLIC_URL },
    ...{ carriers: carriersOf(config, post), operator: operatorOf(config) },
    disableAfterMs: config.HERMES_WEBHOOK_DISABLE_AFTER_MS,
    settleMs: NOTICE_SETTLE_MS,
  });
}

const coreActivities = (
  { config, pool, box, logger }: AssemblyDeps,
  { alerts, outbox, core }: Outgoing,
  { rules }: GateDeps,
): WorkersOptions['activities']['core'] => ({
  ...createIntakeActivities({ pool, box, alerts, outbox, extract: extractFrom }),
  ...createBreakerActivities({
    ...{ pool, rules, wake },
    perMinute: (system) => pacesOf(config)[system].rule.perMinute,
  }),
  ...createRedriveActivities({ pool, tell: tellWrite }),
  ...core,
  ...createReconcileActivities({ pool, logger, alerts, seen: seenWrites, ask: askWrite }),
});

const clioActivities = (
  { config, ...opened }: AssemblyDeps,
  gate: GateDeps,
): WorkersOptions['activities']['clio'] =>
  createClioActivities({
    ...opened,
    gate,
    receiver: webhookReceiverOf(config.HERMES_PUBLIC_URL),
    reconnected: (tenantId, system) =>
      createNoteReconnected({ pool: opened.pool, temporal: getClient() })(tenantId, system),
    places: clioPlacesOf(config),
    timeoutMs: config.CLIO_TIMEOUT_MS,
    settleMs: config.CLIO_SETTLE_MS,
  });

const growActivities = (
  { config, ...opened }: AssemblyDeps,
  gate: GateDeps,
): WorkersOptions['activities']['grow'] =>
  createGrowActivities({ ...opened, gate, timeoutMs: config.GROW_TIMEOUT_MS });

const lawPayActivities = (
  { config, ...opened }: AssemblyDeps,
  gate: GateDeps,
): WorkersOptions['activities']['lawpay'] =>
  createLawPayActivities({
    ...opened,
    gate,
    timeoutMs: config.LAWPAY_TIMEOUT_MS,
    settleMs: config.LAWPAY_SETTLE_MS,
    publicUrl: publicUrlOf(config).replace(/\/+$/, ''),
    pageLifeMs: config.HERMES_PAYMENT_PAGE_HOURS * 3_600_000,
  });
