/**
 * Where Clio reports changes. Admitted by the secret that Clio gave in its handshake; the address itself names firm and
 * model under a seal, so it cannot be guessed. Answers at once: Clio repeats what is answered slowly.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { keepEvent, keepSecret, readWebhook, type WebhookRow } from '../../../db/clio-webhooks.js';
import { withTenant } from '../../../db/tenant.js';
import { TenantId } from '../../../domain/ids.js';
import type { App } from '../../app-types.js';
import type { SealingBox } from '../../connections/consent-states.js';
import { ProblemError } from '../../problems.js';
import type { ConnectionDeps } from './deps.js';

export const CLIO_WEBHOOK_PATH = '/webhooks/clio';
/** The same as the workers seal it with. */
const CONTEXT = 'clio-webhook';
/** A delivery holds two short fields. */
const BODY_LIMIT_BYTES = 16_384;
const MAX_SECRET_CHARS = 512;

const Named = z.object({ tenantId: TenantId, model: z.string() });
const Id = z.union([z.string(), z.number()]).transform(String);
const Delivery = z.object({
  data: z.object({ id: Id, etag: z.string().nullish() }),
  meta: z.object({ event: z.string().max(60), webhook_id: z.number() }),
});

/** Adds the receiver; outside `addAuth`. */
export function clioWebhookRoute(app: App, deps: ConnectionDeps & { box: SealingBox }): void {
  // The signature is over the bytes as they came.
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  );
  app.post(
    `${CLIO_WEBHOOK_PATH}/:key`,
    {
      bodyLimit: BODY_LIMIT_BYTES,
      schema: { hide: true, params: z.object({ key: z.string().max(300) }) },
    },
    async (request, reply) => {
      const { key } = request.params;
      const named = openKey(deps.box, key);
      const secret = request.headers['x-hook-secret'];
      if (typeof secret === 'string') return shakeHands(deps, reply, { ...named, key, secret });
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const { tenantId, model } = named;
      const row = await withTenant(deps.pool, tenantId, (scope) => readWebhook(scope, tenantId, model));
      // Ended or replaced: Clio takes 410 as the wish to hear no more.
      if (row?.pathKey !== key) return reply.code(410).send();
      if (!isSigned(deps.box, row, body, request.headers['x-hook-signature']))
        throw new ProblemError('forbidden', 'The delivery is not signed with the secret of the handshake.');
      await take(deps, tenantId, model, body);
      return reply.code(200).send();
    },
  );
}

function openKey(box: SealingBox, key: string): z.infer<typeof Named> {
  try {
    return Named.parse(JSON.parse(box.open(Buffer.from(key, 'base64url'), CONTEXT)));
  } catch {
    throw new ProblemError('not_found');
  }
}

/** A secret is taken once, while the subscription is being made; a second one would be somebody else's. */
async function shakeHands(
  { pool, box }: ConnectionDeps & { box: SealingBox },
  reply: FastifyReply,
  hand: { tenantId: string; model: string; key: string; secret: string },
): Promise<FastifyReply> {
  const { tenantId, model, key, secret } = hand;
  if (secret.length === 0 || secret.length > MAX_SECRET_CHARS) throw new ProblemError('bad_request');
  const sealedSecret = box.seal(secret, secretContext(tenantId, model));
  const isTaken = await withTenant(pool, tenantId, (scope) =>
    keepSecret(scope, tenantId, { model, pathKey: key, sealedSecret }),
  );
  if (!isTaken) throw new ProblemError('forbidden', 'No handshake is expected here.');
  return reply.code(200).header('x-hook-secret', secret).send();
}

const secretContext = (tenantId: string, model: string): string => `clio-webhook/${tenantId}/${model}`;

/** Clio does not say how it writes the signature; hexadecimal was seen, base64 is spoken of. */
function isSigned(box: SealingBox, row: WebhookRow, body: Buffer, signature: unknown): boolean {
  if (!row.sealedSecret || typeof signature !== 'string') return false;
  const named = openKey(box, row.pathKey);
  const secret = box.open(row.sealedSecret, secretContext(named.tenantId, named.model));
  const expected = createHmac('sha256', secret).update(body).digest();
  return (['hex', 'base64'] as const).some((encoding) => {
    const given = Buffer.from(signature, encoding);
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}

async function take({ pool }: ConnectionDeps, tenantId: string, model: string, body: Buffer): Promise<void> {
  let json: unknown;
  try {
    json = JSON.parse(body.toString('utf8'));
  } catch {
    json = undefined;
  }
  const delivery = Delivery.safeParse(json);
  if (!delivery.success) throw new ProblemError('bad_request', 'The delivery cannot be read.');
  const { data, meta } = delivery.data;
  await withTenant(pool, tenantId, (scope) =>
    keepEvent(scope, tenantId, {
      ...{ webhookId: meta.webhook_id, recordId: data.id, etag: data.etag ?? '' },
      ...{ event: meta.event, model },
    }),
  );
}
