/** From alerts to one notice for each channel that is to be told. */
import type { Pool } from 'pg';
import { listChannels } from '../../db/outgoing/channels.js';
import { markTold, untoldAlerts, untoldEnds, type UntoldAlert } from '../../db/outgoing/untold-alerts.js';
import { withTenant, type TenantScope } from '../../db/tenant.js';
import type { TenantId } from '../../domain/ids.js';
import type { LadderPolicy } from '../../domain/ladder.js';
import {
  bundled,
  channelsFor,
  whenToTell,
  type AlertChannel,
  type Telling,
} from '../../domain/outgoing/alert-routing.js';
import { alertNotice } from '../../domain/outgoing/alert-words.js';
import type { WriteRequest } from '../../domain/writes.js';

export interface AnnounceDeps {
  pool: Pool;
  ladder: LadderPolicy;
  /** Starts one write, or finds it started. */
  start: (request: WriteRequest, ladder: LadderPolicy) => Promise<void>;
  /** The operator's own channels, told of every firm's trouble. */
  operator: readonly AlertChannel[];
  /** Where people look further; undefined: no link. */
  publicUrl: string | undefined;
}

/** A storm of alerts is told in portions; the rest follows with the next sweep. */
const PORTION = 1_000;

/** Starts the notices about everything that somebody should be told. Twice at once does no harm. @returns alerts told. */
export async function announce(deps: AnnounceDeps, tenantId: TenantId): Promise<number> {
  const found = await inTenant(deps, tenantId, async (scope) => {
    const [fresh, over] = [
      await untoldAlerts(scope, tenantId, PORTION),
      await untoldEnds(scope, tenantId, PORTION),
    ];
    const isQuiet = fresh.length === 0 && over.length === 0;
    return { fresh, over, channels: isQuiet ? [] : await listChannels(scope, tenantId) };
  });
  const channels = [...found.channels, ...deps.operator];
  const { tell: due, drop } = sorted(found.fresh);
  for (const { lead, alerts } of bundled(due))
    for (const channel of channelsFor(lead, channels))
      await tell(deps, tenantId, { alert: lead, count: alerts.length }, channel, 'trigger');
  for (const alert of found.over)
    for (const channel of channelsFor(alert, channels))
      // Elsewhere the end of a trouble is no reason to disturb anybody.
      if (channel.system === 'pagerduty') await tell(deps, tenantId, { alert, count: 1 }, channel, 'resolve');
  const [told, dropped, ends] = [due, drop, found.over].map((list) => list.map(({ alertId }) => alertId));
  await inTenant(deps, tenantId, async (scope) => {
    if (told?.length) await markTold(scope, tenantId, told, 'told');
    if (dropped?.length) await markTold(scope, tenantId, dropped, 'dropped');
    if (ends?.length) await markTold(scope, tenantId, ends, 'end');
  });
  return due.length;
}

/** What is to be done about each now; those that wait are found again. */
function sorted(alerts: readonly UntoldAlert[]): Record<Telling, UntoldAlert[]> {
  const nowMs = Date.now();
  const lists: Record<Telling, UntoldAlert[]> = { tell: [], wait: [], drop: [] };
  for (const alert of alerts) {
    const { isOver, toldOfKind, lastToldAt } = alert;
    lists[whenToTell({ isOver, toldOfKind, lastToldAtMs: lastToldAt?.getTime() }, nowMs)].push(alert);
  }
  return lists;
}

const inTenant = <T>(
  { pool }: AnnounceDeps,
  tenantId: TenantId,
  work: (scope: TenantScope) => Promise<T>,
): Promise<T> => withTenant(pool, tenantId, work);

function tell(
  { start, ladder, publicUrl }: AnnounceDeps,
  tenantId: TenantId,
  { alert, count }: { alert: UntoldAlert; count: number },
  { channelId, system }: AlertChannel,
  event: 'trigger' | 'resolve',
): Promise<void> {
  const request: WriteRequest = {
    operation: `${system}.notice.send`,
    tenantId,
    key: `${alert.alertId}.${channelId}.${event}`,
    // Never CRITICAL: those count towards an alert of their own.
    priority: alert.severity === 'critical' ? 'HIGH' : 'MEDIUM',
    payload: {
      ...alertNotice(tenantId, alert, { count, publicUrl }),
      channelId,
      reference: alert.alertId,
      event,
    },
  };
  return start(request, ladder);
}
