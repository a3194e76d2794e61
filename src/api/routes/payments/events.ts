/**
 * Where LawPay posts its events. They carry no signature: a secret in the address keeps strangers out, and nothing they say
 * is believed. An event is noted once by its id, and what it points to is read from LawPay.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Pool } from 'pg';
import { z } from 'zod';
import { readConnection } from '../../../db/connections.js';
import { noteEvents } from '../../../db/payment-events.js';
import { withTenant } from '../../../db/tenant.js';
import { TenantId } from '../../../domain/ids.js';
import { LawPaySettings } from '../../../domain/payments/settings.js';
import type { App } from '../../app-types.js';
import { problemAnswers } from '../../plugins/openapi.js';
import { ProblemError } from '../../problems.js';

export interface PaymentEventDeps {
  pool: Pool;
  /** Has a firm's events looked into; must not throw. */
  eventsCame: (tenantId: TenantId) => Promise<void>;
}

const Id = z.string().regex(/^[\w-]{1,64}$/);
const Event = z
  .looseObject({
    id: Id,
    type: z.string().regex(/^[\w.]{1,80}$/),
    data: z.looseObject({ id: Id.optional() }).nullish(),
  })
  .describe('An event of LawPay; only its id, its type and the id it points to are read.');

export function paymentEventRoutes(app: App, { pool, eventsCame }: PaymentEventDeps): void {
  app.post(
    '/webhooks/lawpay/:tenantId/:secret',
    {
      schema: {
        tags: ['Payments'],
        summary: 'Take note of an event at LawPay',
        security: [{ pathSecret: [] }],
        params: z.object({ tenantId: TenantId, secret: z.string().min(20).max(100) }),
        body: Event,
        response: {
          200: z.object({ noted: z.boolean().describe('False when it was known.') }).describe('Noted.'),
          ...problemAnswers,
        },
      },
    },
    async (request) => {
      const { tenantId, secret } = request.params;
      const { id: eventId, type, data } = request.body;
      const transactionId = type.startsWith('transaction.') ? (data?.id ?? null) : null;
      const isNew = await withTenant(pool, tenantId, async (scope) => {
        const connection = await readConnection(scope, tenantId, 'lawpay');
        const settings = LawPaySettings.safeParse(connection?.settings).data;
        if (!isSecret(secret, settings?.eventsSecretSha256)) throw new ProblemError('not_found');
        return (await noteEvents(scope, tenantId, 'webhook', [{ eventId, type, transactionId }])) > 0;
      });
      // LawPay wants its 200 at once; should this word be lost, the next poll looks into it.
      if (isNew) void eventsCame(tenantId);
      return { noted: isNew };
    },
  );
}

function isSecret(given: string, storedSha256: string | undefined): boolean {
  const digest = createHash('sha256').update(given).digest();
  const stored = Buffer.from(storedSha256 ?? '', 'hex');
  return stored.length === digest.length && timingSafeEqual(stored, digest);
}
