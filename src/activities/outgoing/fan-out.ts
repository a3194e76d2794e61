/** From what happened to one write per endpoint that wants to know of it. */
import type { Pool } from 'pg';
import { listChannels } from '../../db/outgoing/channels.js';
import { listEndpoints, type EndpointRow } from '../../db/outgoing/endpoints.js';
import {
  forgetOldEvents,
  markFannedOut,
  waitingEvents,
  type WaitingEvent,
} from '../../db/outgoing/events.js';
import { readIntake } from '../../db/intakes.js';
import { withTenant, type TenantScope } from '../../db/tenant.js';
import { intakeDetails } from '../../domain/outgoing/details.js';
import { intakeNotice } from '../../domain/outgoing/intake-notice.js';
import type { TenantId } from '../../domain/ids.js';
import type { LadderPolicy } from '../../domain/ladder.js';
import type { PayloadOf, WriteRequest } from '../../domain/writes.js';

export interface FanOutDeps {
  pool: Pool;
  ladder: LadderPolicy;
  noticeLadder: LadderPolicy;
  /** Where people look further; undefined: no link. */
  publicUrl: string | undefined;
  /** Starts one write, or finds it started. */
  start: (request: WriteRequest, ladder: LadderPolicy) => Promise<void>;
}

const BATCH = 100;
/** Events that have been told are kept so long, for whoever asks what was sent. */
const KEPT_DAYS = 30;

/** Starts the deliveries of everything that waits to be told. Twice at once does no harm. @returns events taken up. */
export async function fanOut(deps: FanOutDeps, tenantId: TenantId): Promise<number> {
  for (let total = 0; ;) {
    const { events, endpoints, channels } = await withTenant(deps.pool, tenantId, async (scope) => {
      const waiting = await waitingEvents(scope, tenantId, BATCH);
      if (waiting.length === 0) return { events: waiting, endpoints: [], channels: [] };
      const told = (await listChannels(scope, tenantId)).filter(({ intakes }) => intakes);
      return { events: waiting, endpoints: await listEndpoints(scope, tenantId), channels: told };
    });
    for (const event of events) {
      for (const endpoint of endpoints.filter((one) => wants(one, event)))
        await deps.start(await requestOf(deps, tenantId, endpoint, event), deps.ladder);
      if (event.type !== 'intake.completed') continue;
      for (const channel of channels)
        await deps.start(intakeNotice(tenantId, channel, event, deps.publicUrl), deps.noticeLadder);
    }
    const ids = events.map(({ eventId }) => eventId);
    if (ids.length > 0) await withTenant(deps.pool, tenantId, (scope) => markFannedOut(scope, tenantId, ids));
    total += events.length;
    if (events.length < BATCH) return total;
  }
}

const wants = ({ state, eventTypes }: EndpointRow, { type }: WaitingEvent): boolean =>
  state === 'active' && (eventTypes.length === 0 || eventTypes.includes(type));

async function requestOf(
  { pool }: FanOutDeps,
  tenantId: TenantId,
  { endpointId, includeDetails }: EndpointRow,
  { eventId, type, occurredAt, data }: WaitingEvent,
): Promise<WriteRequest> {
  const callId = typeof data['call_id'] === 'string' ? data['call_id'] : undefined;
  const details =
    includeDetails && type === 'intake.completed' && callId !== undefined
      ? await withTenant(pool, tenantId, (scope) => detailsOf(scope, tenantId, callId))
      : undefined;
  const payload: PayloadOf<'webhook.event.deliver'> = {
    ...{ endpointId, messageId: eventId, type, data, occurredAt: occurredAt.toISOString() },
    ...(details && { details }),
  };
  return {
    operation: 'webhook.event.deliver',
    ...{ tenantId, payload, key: `${eventId}.${endpointId}`, priority: 'LOW' },
    ...(callId !== undefined && { callId }),
  };
}

/** What the caller said, for an endpoint whose firm has asked for it. */
async function detailsOf(scope: TenantScope, tenantId: TenantId, callId: string) {
  const intake = await readIntake(scope, tenantId, callId);
  return intake && intakeDetails(intake.record);
}

/** Throws away what was told long ago. */
export const forgetTold = ({ pool }: Pick<FanOutDeps, 'pool'>, tenantId: TenantId): Promise<void> =>
  withTenant(pool, tenantId, (scope) => forgetOldEvents(scope, tenantId, KEPT_DAYS));
