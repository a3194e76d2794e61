/** What tells the outside, put together. */
import type { Pool } from 'pg';
import { alertsToLog, alertsToPeople, type AlertPort } from '../alerts.js';
import type { WriteActivities } from '../contracts.js';
import type { OutboxActivities } from './contracts.js';
import { createNoticeActivities } from './notices.js';
import { createOutbox, type Outbox } from './outbox.js';
import { createOutboxActivities, tellAll } from './sweep.js';
import { createWebhookActivities } from './webhooks.js';
import type { SecretBox } from '../vendor-tokens.js';
import type { GateDeps } from '../write-gate.js';
import type { SendPost } from '../../clients/outgoing/guarded-post.js';
import type { Carrier } from '../../clients/outgoing/notice.js';
import type { AlertChannel } from '../../domain/outgoing/alert-routing.js';
import { deliveryLadder, noticeLadder } from '../../domain/outgoing/ladder.js';
import type { LadderPolicy } from '../../domain/ladder.js';
import { noticeSystems, type NoticeSystem } from '../../domain/writes/notice.js';
import type { WriteRequest } from '../../domain/writes.js';
import type { Logger } from '../../telemetry/logger.js';

export interface OutgoingOptions {
  pool: Pool;
  box: SecretBox;
  logger: Logger;
  /** For addresses that firms have named. */
  post: SendPost;
  carriers: Readonly<Partial<Record<NoticeSystem, Carrier>>>;
  operator: Readonly<Partial<Record<NoticeSystem, string>>>;
  publicUrl: string | undefined;
  /** Starts one write, or finds it started. */
  start: (request: WriteRequest, ladder: LadderPolicy) => Promise<void>;
  disableAfterMs: number;
  settleMs: number;
  /** Other ladders than the usual ones, in tests. */
  ladders?: { delivery: LadderPolicy; notice: LadderPolicy };
}

export interface Outgoing {
  outbox: Outbox;
  alerts: AlertPort;
  core: OutboxActivities;
  /** @param gate as every write has it. */
  activities(gate: GateDeps): { webhook: WriteActivities; notice: WriteActivities };
}

/** A telephone and a pager are for what cannot wait. */
const operatorFrom = { mail: 'warning', slack: 'warning', sms: 'critical', pagerduty: 'critical' } as const;

export function createOutgoing(options: OutgoingOptions): Outgoing {
  const { pool, box, logger, publicUrl, operator, carriers } = options;
  const ladders = options.ladders ?? { delivery: deliveryLadder, notice: noticeLadder };
  const shared = { pool, publicUrl, start: options.start };
  const channels: AlertChannel[] = noticeSystems
    .filter((system) => operator[system] !== undefined && carriers[system] !== undefined)
    .map((system) => ({ channelId: 'operator', system, alertsFrom: operatorFrom[system] }));
  const deps = {
    events: { ...shared, ladder: ladders.delivery, noticeLadder: ladders.notice },
    alerts: { ...shared, ladder: ladders.notice, operator: channels },
  };
  const outbox = createOutbox((tenantId) => tellAll(deps, tenantId), logger);
  const alerts = alertsToPeople(alertsToLog(logger), outbox);
  return {
    outbox,
    alerts,
    core: createOutboxActivities(deps),
    activities: (gate) => ({
      webhook: createWebhookActivities({
        ...{ pool, box, logger, gate, alerts },
        ...{ post: options.post, disableAfterMs: options.disableAfterMs },
      }),
      notice: createNoticeActivities({
        ...{ pool, box, logger, gate, carriers, operator, settleMs: options.settleMs },
      }),
    }),
  };
}
