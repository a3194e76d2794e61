import { z } from 'zod';
import { OutsideError } from '../../domain/failures.js';
import type { ClioClient } from './client.js';

const Webhook = z.object({
  id: z.number(),
  url: z.string().nullish(),
  model: z.string().nullish(),
  status: z.string().nullish(),
  expires_at: z.string().nullish(),
});
const FIELDS = 'id,url,model,status,expires_at';
/** What a delivery says: which record, and which state of it. Nothing of what is in it. */
const DELIVERED_FIELDS = 'id,etag';

export interface Subscribed {
  id: number;
  expiresAt: Date;
}

/**
 * Subscribes. Clio shakes hands with `url` before it answers, or soon after.
 * @throws OutsideError `conflict` when Clio keeps another time than was asked.
 */
export async function subscribe(
  clio: ClioClient,
  { url, model, expiresAt }: { url: string; model: string; expiresAt: Date },
): Promise<Subscribed> {
  const data = {
    url,
    model,
    fields: DELIVERED_FIELDS,
    events: ['created', 'updated', 'deleted'],
    expires_at: expiresAt.toISOString(),
  };
  return kept(await clio.create('webhooks', FIELDS, data, Webhook), expiresAt);
}

/** @throws OutsideError `conflict` when it is gone. */
export async function renew(clio: ClioClient, id: number, expiresAt: Date): Promise<Subscribed> {
  const made = await clio.change(
    'webhooks',
    String(id),
    FIELDS,
    { expires_at: expiresAt.toISOString() },
    Webhook,
  );
  // One that Clio gave up on delivers nothing, whatever its date.
  if (made.status === 'suspended') throw new OutsideError('conflict', `Clio has suspended webhook ${id}`);
  return kept(made, expiresAt);
}

/** Ids of every subscription of ours: those whose address begins with `root`. */
export async function ownSubscriptions(
  clio: ClioClient,
  root: string,
): Promise<{ id: number; url: string }[]> {
  const all = await clio.list('webhooks', { fields: FIELDS, limit: '200' }, Webhook);
  return all.flatMap(({ id, url }) => (url?.startsWith(root) ? [{ id, url }] : []));
}

/** Half a day: Clio may round, but three days instead of thirty mean that it did not read what we asked. */
const TOLERANCE_MS = 43_200_000;

function kept({ id, expires_at: expires }: z.infer<typeof Webhook>, asked: Date): Subscribed {
  const expiresAt = new Date(expires ?? Number.NaN);
  if (!(expiresAt.getTime() > asked.getTime() - TOLERANCE_MS))
    throw new OutsideError(
      'conflict',
      `Clio gave webhook ${id} another time than was asked: ${expires ?? 'none'}`,
    );
  return { id, expiresAt };
}
