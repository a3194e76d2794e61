/** Keeping a firm's subscriptions at Clio alive: made, renewed long before they run out, made anew when they are gone. */
import type { Pool } from 'pg';
import { ownSubscriptions, renew, subscribe } from '../clients/clio/webhooks.js';
import {
  expectWebhook,
  forgetWebhooks,
  listWebhooks,
  readWebhook,
  saveWebhook,
} from '../db/clio-webhooks.js';
import { lockSetup } from '../db/connections.js';
import { withTenant } from '../db/tenant.js';
import { careFor, SUBSCRIBED_FOR_MS, watchedModels, type WatchedModel } from '../domain/clio-webhooks.js';
import { OutsideError } from '../domain/failures.js';
import type { TenantId } from '../domain/ids.js';
import type { FirmInClio } from './clio-firm.js';
import type { SecretBox } from './vendor-tokens.js';

export interface WebhookDeps {
  pool: Pool;
  box: SecretBox;
  /** How Clio reaches the edge, e.g. `https://voice.example.com/webhooks/clio/`. Undefined: it does not, and we poll nothing. */
  receiver: string | undefined;
}

/** Binds the last part of an address to what it is for. */
export const WEBHOOK_CONTEXT = 'clio-webhook';

/** @returns what was done, by model. @throws OutsideError */
export async function keepSubscribed(
  deps: WebhookDeps,
  firm: FirmInClio,
  nowMs: number,
): Promise<Partial<Record<WatchedModel, 'made' | 'renewed'>>> {
  const done: Partial<Record<WatchedModel, 'made' | 'renewed'>> = {};
  const { receiver } = deps;
  if (receiver === undefined) return done;
  for (const model of watchedModels) {
    const what = await keepOne(deps, firm, model, receiver, nowMs);
    if (what) done[model] = what;
  }
  return done;
}

async function keepOne(
  deps: WebhookDeps,
  firm: FirmInClio,
  model: WatchedModel,
  receiver: string,
  nowMs: number,
): Promise<'made' | 'renewed' | undefined> {
  const { tenantId } = firm;
  const row = await withTenant(deps.pool, tenantId, (scope) => readWebhook(scope, tenantId, model));
  const expiresAt = new Date(nowMs + SUBSCRIBED_FOR_MS);
  const known = row && {
    webhookId: row.webhookId,
    hasSecret: row.sealedSecret !== null,
    expiresAtMs: row.expiresAt?.getTime() ?? null,
  };
  const care = careFor(known, nowMs);
  if (care === 'nothing') return undefined;
  if (care === 'renew' && row?.webhookId != null) {
    try {
      const { expiresAt: until, id } = await renew(firm.clio, row.webhookId, expiresAt);
      await save(deps, tenantId, { model, webhookId: id, expiresAt: until });
      return 'renewed';
    } catch (error) {
      if (!(error instanceof OutsideError) || error.errorClass !== 'conflict') throw error;
    }
  }
  await make(deps, firm, model, receiver, expiresAt);
  return 'made';
}

/** The address is new each time, so that what an earlier attempt left at Clio is known by its own, and removed. */
async function make(
  deps: WebhookDeps,
  firm: FirmInClio,
  model: WatchedModel,
  receiver: string,
  expiresAt: Date,
): Promise<void> {
  const { tenantId, clio } = firm;
  const pathKey = deps.box.seal(JSON.stringify({ tenantId, model }), WEBHOOK_CONTEXT).toString('base64url');
  const others = await withTenant(deps.pool, tenantId, async (scope) => {
    await lockSetup(scope, tenantId, 'clio');
    await expectWebhook(scope, tenantId, { model, pathKey });
    return (await listWebhooks(scope, tenantId)).map((row) => receiver + row.pathKey);
  });
  for (const { id, url } of await ownSubscriptions(clio, receiver))
    if (!others.includes(url)) await clio.remove('webhooks', String(id));
  const made = await subscribe(clio, { url: receiver + pathKey, model, expiresAt });
  await save(deps, tenantId, { model, webhookId: made.id, expiresAt: made.expiresAt });
}

const save = (
  { pool }: WebhookDeps,
  tenantId: TenantId,
  webhook: { model: string; webhookId: number; expiresAt: Date },
): Promise<void> => withTenant(pool, tenantId, (scope) => saveWebhook(scope, tenantId, webhook));

/** Before a firm leaves: what Clio cannot be told of runs out by itself. @throws OutsideError */
export async function unsubscribe(
  { pool, receiver }: WebhookDeps,
  firm: Pick<FirmInClio, 'tenantId' | 'clio'>,
): Promise<void> {
  const { tenantId, clio } = firm;
  await withTenant(pool, tenantId, (scope) => forgetWebhooks(scope, tenantId));
  if (receiver === undefined) return;
  for (const { id } of await ownSubscriptions(clio, receiver)) await clio.remove('webhooks', String(id));
}
