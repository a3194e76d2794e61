/** Endpoints of a firm's. Addresses and secrets arrive here sealed; this file never sees them open. */
import type { EndpointKind, EndpointState } from '../../domain/outgoing/endpoint.js';
import type { EventType } from '../../domain/outgoing/events.js';
import type { TenantId } from '../../domain/ids.js';
import type { TenantScope } from '../tenant.js';

export interface EndpointRow {
  endpointId: string;
  kind: EndpointKind;
  host: string;
  /** Null once it is gone. */
  sealed: Buffer | null;
  description: string;
  /** Empty: all. */
  eventTypes: EventType[];
  includeDetails: boolean;
  ratePerMinute: number;
  state: EndpointState;
  because: string | null;
  /** Since when no delivery has succeeded; null while they do. */
  failingSince: Date | null;
  lastSuccessAt: Date | null;
  createdBy: string;
  createdAt: Date;
}

const columns = `endpoint_id as "endpointId", kind, host, sealed, description, event_types as "eventTypes",
  include_details as "includeDetails", rate_per_minute as "ratePerMinute", state, because,
  failing_since as "failingSince", last_success_at as "lastSuccessAt", created_by as "createdBy",
  created_at as "createdAt"`;

export interface NewEndpoint extends Pick<
  EndpointRow,
  | 'endpointId'
  | 'kind'
  | 'host'
  | 'description'
  | 'eventTypes'
  | 'includeDetails'
  | 'ratePerMinute'
  | 'createdBy'
> {
  urlHash: Buffer;
  sealed: Buffer;
}

/** Adds an endpoint, and keeps its rate where its lane's slots are given out. */
export async function insertEndpoint(
  scope: TenantScope,
  tenantId: TenantId,
  endpoint: NewEndpoint,
): Promise<void> {
  await scope.query(
    `insert into webhook_endpoints (tenant_id, endpoint_id, kind, host, url_hash, sealed, description, event_types,
                                    include_details, rate_per_minute, created_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      ...[tenantId, endpoint.endpointId, endpoint.kind, endpoint.host, endpoint.urlHash, endpoint.sealed],
      ...[endpoint.description, endpoint.eventTypes, endpoint.includeDetails, endpoint.ratePerMinute],
      endpoint.createdBy,
    ],
  );
  await keepRate(scope, tenantId, endpoint);
}

const keepRate = (
  scope: TenantScope,
  tenantId: TenantId,
  { endpointId, ratePerMinute }: Pick<EndpointRow, 'endpointId' | 'ratePerMinute'>,
): Promise<unknown> =>
  scope.query(
    `insert into rate_slots (tenant_id, system, due_ms, booked_ms, vendor_limit) values ($1, $2, 0, 0, $3)
     on conflict (tenant_id, system) do update set vendor_limit = excluded.vendor_limit`,
    [tenantId, `webhook.${endpointId}`, ratePerMinute],
  );

/** @returns the endpoint whatever its state, or undefined when the firm has none of that id. */
export async function findEndpoint(
  scope: TenantScope,
  tenantId: TenantId,
  endpointId: string,
): Promise<EndpointRow | undefined> {
  const { rows } = await scope.query<EndpointRow>(
    `select ${columns} from webhook_endpoints where tenant_id = $1 and endpoint_id = $2`,
    [tenantId, endpointId],
  );
  return rows[0];
}

/** The live endpoint that has subscribed this address to exactly these events. */
export async function findSubscription(
  scope: TenantScope,
  tenantId: TenantId,
  urlHash: Buffer,
  eventTypes: readonly EventType[],
): Promise<EndpointRow | undefined> {
  const { rows } = await scope.query<EndpointRow>(
    `select ${columns} from webhook_endpoints
      where tenant_id = $1 and state = 'active' and url_hash = $2 and event_types = $3 limit 1`,
    [tenantId, urlHash, eventTypes],
  );
  return rows[0];
}

/** Those that are not gone, oldest first. */
export async function listEndpoints(scope: TenantScope, tenantId: TenantId): Promise<EndpointRow[]> {
  const { rows } = await scope.query<EndpointRow>(
    `select ${columns} from webhook_endpoints where tenant_id = $1 and state <> 'gone' order by created_at, endpoint_id`,
    [tenantId],
  );
  return rows;
}

export interface EndpointChange {
  description?: string | undefined;
  eventTypes?: readonly EventType[] | undefined;
  includeDetails?: boolean | undefined;
  ratePerMinute?: number | undefined;
  sealed?: Buffer | undefined;
  state?: 'active' | 'disabled' | undefined;
}

/** @returns the endpoint after the change; undefined when there is none or it is gone. */
export async function changeEndpoint(
  scope: TenantScope,
  tenantId: TenantId,
  endpointId: string,
  change: EndpointChange,
): Promise<EndpointRow | undefined> {
  const { rows } = await scope.query<EndpointRow>(
    `update webhook_endpoints set description = coalesce($3, description), event_types = coalesce($4, event_types),
            include_details = coalesce($5, include_details), rate_per_minute = coalesce($6, rate_per_minute),
            sealed = coalesce($7, sealed), state = coalesce($8, state),
            because = case when $8 is null then because end,
            failing_since = case when $8 = 'active' then null else failing_since end, updated_at = now()
      where tenant_id = $1 and endpoint_id = $2 and state <> 'gone' returning ${columns}`,
    [
      ...[tenantId, endpointId, change.description, change.eventTypes, change.includeDetails],
      ...[change.ratePerMinute, change.sealed, change.state],
    ],
  );
  const [row] = rows;
  if (row && change.ratePerMinute !== undefined) await keepRate(scope, tenantId, row);
  return row;
}

/** Ends an endpoint and forgets its address and secrets. @returns whether it was there. */
export async function endEndpoint(
  scope: TenantScope,
  tenantId: TenantId,
  endpointId: string,
  because: string,
): Promise<boolean> {
  const { rowCount } = await scope.query(
    `update webhook_endpoints set state = 'gone', because = $3, sealed = null, updated_at = now()
      where tenant_id = $1 and endpoint_id = $2 and state <> 'gone'`,
    [tenantId, endpointId, because],
  );
  return rowCount === 1;
}
