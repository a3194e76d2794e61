/** Subscriptions to a firm's Clio and what came of them. Secrets arrive here sealed. */
import type { TenantScope } from './tenant.js';

export interface WebhookRow {
  model: string;
  pathKey: string;
  webhookId: number | null;
  sealedSecret: Buffer | null;
  expiresAt: Date | null;
}

const columns = `model, path_key as "pathKey", webhook_id::float8 as "webhookId", sealed_secret as "sealedSecret",
  expires_at as "expiresAt"`;

export async function listWebhooks(scope: TenantScope, tenantId: string): Promise<WebhookRow[]> {
  const { rows } = await scope.query<WebhookRow>(
    `select ${columns} from clio_webhooks where tenant_id = $1 order by model`,
    [tenantId],
  );
  return rows;
}

export async function readWebhook(
  scope: TenantScope,
  tenantId: string,
  model: string,
): Promise<WebhookRow | undefined> {
  const { rows } = await scope.query<WebhookRow>(
    `select ${columns} from clio_webhooks where tenant_id = $1 and model = $2`,
    [tenantId, model],
  );
  return rows[0];
}

/** Expects a handshake at `pathKey`; a subscription known before is forgotten. */
export async function expectWebhook(
  scope: TenantScope,
  tenantId: string,
  { model, pathKey }: Pick<WebhookRow, 'model' | 'pathKey'>,
): Promise<void> {
  await scope.query(
    `insert into clio_webhooks (tenant_id, model, path_key) values ($1, $2, $3)
     on conflict (tenant_id, model) do update
       set path_key = excluded.path_key, webhook_id = null, sealed_secret = null, expires_at = null, updated_at = now()`,
    [tenantId, model, pathKey],
  );
}

/** Keeps the secret of a handshake that is expected. @returns false when none is: one is never replaced. */
export async function keepSecret(
  scope: TenantScope,
  tenantId: string,
  { model, pathKey, sealedSecret }: { model: string; pathKey: string; sealedSecret: Buffer },
): Promise<boolean> {
  const { rowCount } = await scope.query(
    `update clio_webhooks set sealed_secret = $4, updated_at = now()
      where tenant_id = $1 and model = $2 and path_key = $3 and sealed_secret is null`,
    [tenantId, model, pathKey, sealedSecret],
  );
  return (rowCount ?? 0) > 0;
}

export async function saveWebhook(
  scope: TenantScope,
  tenantId: string,
  { model, webhookId, expiresAt }: { model: string; webhookId: number; expiresAt: Date },
): Promise<void> {
  await scope.query(
    `update clio_webhooks set webhook_id = $3, expires_at = $4, updated_at = now()
      where tenant_id = $1 and model = $2`,
    [tenantId, model, webhookId, expiresAt],
  );
}

export async function forgetWebhooks(scope: TenantScope, tenantId: string): Promise<void> {
  await scope.query('delete from clio_webhooks where tenant_id = $1', [tenantId]);
}

export interface ClioEvent {
  webhookId: number;
  recordId: string;
  etag: string;
  event: string;
  model: string;
}

/** @returns false for one that came before. */
export async function keepEvent(scope: TenantScope, tenantId: string, event: ClioEvent): Promise<boolean> {
  const { rowCount } = await scope.query(
    `insert into clio_events (tenant_id, webhook_id, record_id, etag, event, model)
     values ($1, $2, $3, $4, $5, $6) on conflict do nothing`,
    [tenantId, event.webhookId, event.recordId, event.etag, event.event, event.model],
  );
  return (rowCount ?? 0) > 0;
}

/** An event with the write of ours that made the record, if one did. */
export interface ClioEventRow {
  model: string;
  event: string;
  recordId: string;
  receivedAt: Date;
  workflowId: string | null;
  callId: string | null;
}

/** The latest changes in the firm's Clio, newest first. */
export async function listEvents(
  scope: TenantScope,
  tenantId: string,
  limit: number,
): Promise<ClioEventRow[]> {
  const { rows } = await scope.query<ClioEventRow>(
    `select e.model, e.event, e.record_id as "recordId", e.received_at as "receivedAt",
            w.workflow_id as "workflowId", w.call_id as "callId"
       from clio_events e left join lateral
         (select workflow_id, call_id from writes
           where tenant_id = e.tenant_id and system = 'clio' and external_id = e.record_id
             and operation = 'clio.' || case e.model when 'calendar_entry' then 'appointment' else e.model end || '.create'
           limit 1) w on true
      where e.tenant_id = $1 order by e.received_at desc limit $2`,
    [tenantId, limit],
  );
  return rows;
}
