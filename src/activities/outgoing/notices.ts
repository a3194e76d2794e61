/** Activities that tell people, served on a task queue of their own. */
import type { Pool } from 'pg';
import type { Carrier, Notice } from '../../clients/outgoing/notice.js';
import type { Pacer } from '../../clients/pacer.js';
import { findChannel } from '../../db/outgoing/channels.js';
import { isOver } from '../../db/outgoing/untold-alerts.js';
import { withTenant } from '../../db/tenant.js';
import { OutsideError } from '../../domain/failures.js';
import { ChannelSecrets, channelSeal } from '../../domain/outgoing/channel.js';
import { noticeSystems, type NoticeSystem } from '../../domain/writes/notice.js';
import { goesTo, systemOf, type RequestOf, type WriteRequest } from '../../domain/writes.js';
import type { Logger } from '../../telemetry/logger.js';
import type { WriteActivities } from '../contracts.js';
import type { Landed, WriteAdapter } from '../make-once.js';
import { createPerformWrite } from '../perform-write.js';
import type { SecretBox } from '../vendor-tokens.js';
import type { GateDeps } from '../write-gate.js';

export interface NoticeDeps {
  pool: Pool;
  box: SecretBox;
  logger: Logger;
  gate: GateDeps;
  /** Those the installation is set up for. */
  carriers: Readonly<Partial<Record<NoticeSystem, Carrier>>>;
  /** Addresses of the operator's own channels. */
  operator: Readonly<Partial<Record<NoticeSystem, string>>>;
  /** Twilio's list lags a little. Milliseconds. */
  settleMs: number;
}

type NoticeRequest = RequestOf<NoticeSystem>;

const isNotice = (request: WriteRequest): request is NoticeRequest =>
  noticeSystems.some((system) => goesTo(system, request));

export function createNoticeActivities(deps: NoticeDeps): WriteActivities {
  return {
    performWrite: createPerformWrite({
      ...{ pool: deps.pool, box: deps.box, logger: deps.logger, gate: deps.gate, settleMs: deps.settleMs },
      adapterFor: (request, signal, pacer) => {
        if (!isNotice(request))
          throw new OutsideError('internal', `${request.operation} arrived on the queue of notices`);
        return noticeAdapter(deps, request, signal, pacer);
      },
    }),
  };
}

/** A receipt for a notice that nobody has to be sent any more. */
const NEEDLESS: Landed = { externalId: 'not needed any more' };
const needless: WriteAdapter = {
  find: () => Promise.resolve(NEEDLESS),
  create: () => Promise.resolve({ ...NEEDLESS, referenced: true }),
  carriesReference: () => Promise.resolve(true),
};

async function noticeAdapter(
  deps: NoticeDeps,
  request: NoticeRequest,
  signal: AbortSignal,
  pacer: Pacer,
): Promise<WriteAdapter> {
  const system = systemOf(request.operation) as NoticeSystem;
  const carrier = deps.carriers[system];
  if (!carrier) throw new OutsideError('auth', `${system} is not set up for this installation`);
  const address = await addressOf(deps, system, request);
  if (address === undefined || (await isNeedless(deps, system, request))) return needless;
  const notice: Notice = { ...request.payload, address, signal };
  return {
    find: async () => {
      if (!carrier.find) return undefined;
      await pacer.before();
      const externalId = await carrier.find(notice);
      return externalId === undefined ? undefined : { externalId };
    },
    create: async () => {
      await pacer.before();
      return { externalId: await sendPaced(carrier, notice, pacer), referenced: true };
    },
    carriesReference: () => Promise.resolve(true),
  };
}

async function sendPaced(carrier: Carrier, notice: Notice, pacer: Pacer): Promise<string> {
  try {
    return await carrier.send(notice);
  } catch (error) {
    if (
      error instanceof OutsideError &&
      error.errorClass === 'rate_limited' &&
      error.retryAfterMs !== undefined
    )
      await pacer.after({ blockedMs: error.retryAfterMs });
    throw error;
  }
}

/** @returns undefined when the channel is gone. @throws OutsideError when the operator's is not set (any more). */
async function addressOf(
  { pool, box, operator }: NoticeDeps,
  system: NoticeSystem,
  { tenantId, payload: { channelId } }: NoticeRequest,
): Promise<string | undefined> {
  if (channelId === 'operator') {
    const address = operator[system];
    if (address === undefined) throw new OutsideError('auth', `the operator has no address for ${system}`);
    return address;
  }
  const channel = await withTenant(pool, tenantId, (scope) => findChannel(scope, tenantId, channelId));
  if (!channel?.sealed) return undefined;
  return ChannelSecrets.parse(JSON.parse(box.open(channel.sealed, channelSeal(tenantId, channelId)))).address;
}

/** An incident opened after its end would stay open for ever. */
const isNeedless = async (
  { pool }: NoticeDeps,
  system: NoticeSystem,
  { tenantId, payload: { event, reference } }: NoticeRequest,
): Promise<boolean> =>
  system === 'pagerduty' &&
  event === 'trigger' &&
  withTenant(pool, tenantId, (scope) => isOver(scope, tenantId, reference));
