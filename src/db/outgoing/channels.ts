/** Channels of a firm's. Addresses arrive here sealed. */
import type { AlertChannel, Severity } from '../../domain/outgoing/alert-routing.js';
import type { TenantId } from '../../domain/ids.js';
import type { TenantScope } from '../tenant.js';

export interface ChannelRow extends AlertChannel {
  /** Null once it is gone. */
  sealed: Buffer | null;
  shown: string;
  intakes: boolean;
  state: 'active' | 'gone';
  createdBy: string;
  createdAt: Date;
}

const columns = `channel_id as "channelId", system, sealed, shown, alerts_from as "alertsFrom", intakes, state,
  created_by as "createdBy", created_at as "createdAt"`;

export interface NewChannel extends Pick<
  ChannelRow,
  'channelId' | 'system' | 'shown' | 'intakes' | 'createdBy'
> {
  alertsFrom: Severity | null;
  sealed: Buffer;
}

export async function insertChannel(
  scope: TenantScope,
  tenantId: TenantId,
  channel: NewChannel,
): Promise<ChannelRow | undefined> {
  const { channelId, system, sealed, shown, alertsFrom, intakes, createdBy } = channel;
  const { rows } = await scope.query<ChannelRow>(
    `insert into notice_channels (tenant_id, channel_id, system, sealed, shown, alerts_from, intakes, created_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8) returning ${columns}`,
    [tenantId, channelId, system, sealed, shown, alertsFrom, intakes, createdBy],
  );
  return rows[0];
}

/** Those that are not gone, oldest first. */
export async function listChannels(scope: TenantScope, tenantId: TenantId): Promise<ChannelRow[]> {
  const { rows } = await scope.query<ChannelRow>(
    `select ${columns} from notice_channels where tenant_id = $1 and state = 'active' order by created_at, channel_id`,
    [tenantId],
  );
  return rows;
}

export async function findChannel(
  scope: TenantScope,
  tenantId: TenantId,
  channelId: string,
): Promise<ChannelRow | undefined> {
  const { rows } = await scope.query<ChannelRow>(
    `select ${columns} from notice_channels where tenant_id = $1 and channel_id = $2`,
    [tenantId, channelId],
  );
  return rows[0];
}

/** Ends a channel and forgets its address. @returns whether it was there. */
export async function endChannel(
  scope: TenantScope,
  tenantId: TenantId,
  channelId: string,
): Promise<boolean> {
  const { rowCount } = await scope.query(
    `update notice_channels set state = 'gone', sealed = null
      where tenant_id = $1 and channel_id = $2 and state = 'active'`,
    [tenantId, channelId],
  );
  return rowCount === 1;
}
