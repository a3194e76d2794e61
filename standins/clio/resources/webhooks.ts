import { z } from 'zod';
import type { Collection } from '../collection.js';
import { ClioRefusal, dataOf } from '../errors.js';
import { type Shape, stamped } from '../fields.js';
import type { StandinKit } from '../../kit/standin.js';
import type { Webhook } from '../records.js';
import type { Resource } from '../resource.js';
import type { ClioSettings } from '../settings.js';

/** Models with their numbers, which a body may name instead. */
const models = [
  'matter',
  'activity',
  'bill',
  'calendar_entry',
  'communication',
  'contact',
  'task',
  'document',
];
const events = ['created', 'updated', 'deleted', 'matter_opened', 'matter_pended', 'matter_closed'];
const DAY_MS = 86_400_000;
const [DEFAULT_MS, LONGEST_MS] = [3 * DAY_MS, 31 * DAY_MS];

const Body = z.object({
  url: z.url(),
  model: z.union([z.enum(models), z.int().min(1).max(models.length)]),
  fields: z.string().min(1).max(1_000),
  events: z.array(z.enum(events)).optional(),
  expires_at: z.iso.datetime({ offset: true }).optional(),
});

const shape: Shape = {
  ...stamped,
  status: true,
  shared_secret: true,
  events: true,
  fields: true,
  model: true,
  url: true,
  expires_at: true,
};

/** @param shakeHands what Clio does at a create and whenever the address changes. */
export function webhooks(
  collection: Collection<Webhook>,
  { settings, clock }: StandinKit<ClioSettings>,
  shakeHands: (webhook: Webhook) => Promise<void>,
): Resource<Webhook> {
  const until = (asked: string | undefined): string => {
    const nowMs = clock.nowMs();
    const atMs = asked === undefined ? nowMs + DEFAULT_MS : Date.parse(asked);
    if (atMs > nowMs + LONGEST_MS) throw new ClioRefusal('validation', 'Expires at is too far away');
    return new Date(atMs).toISOString();
  };
  return {
    path: 'webhooks',
    collection,
    shape,
    view: (webhook) => webhook,
    filters: {},
    written: shakeHands,
    write: {
      create: (request) => {
        const body = dataOf(Body, request);
        if (settings.webhooksHttpsOnly && !body.url.startsWith('https:'))
          throw new ClioRefusal('validation', 'Url must be https');
        const model = typeof body.model === 'number' ? (models[body.model - 1] ?? '') : body.model;
        const asked = { url: body.url, model, fields: body.fields, events: body.events ?? events };
        return { ...asked, expires_at: until(body.expires_at), status: 'pending', shared_secret: '' };
      },
      change: (_webhook, request) => {
        const { expires_at: asked } = dataOf(Body.partial(), request);
        return asked === undefined ? {} : { expires_at: until(asked) };
      },
    },
  };
}
