import { z } from 'zod';
import type { App } from '../../app-types.js';
import { identityOf } from '../../plugins/auth.js';
import { problemAnswers } from '../../plugins/openapi.js';
import type { PaymentDeps } from './deps.js';
import { refusing } from './refusing.js';

/** The address is shown once: only its hash is kept. */
export function eventsSecretRoute(app: App, { paymentSetup }: PaymentDeps): void {
  app.post(
    '/payments/setup/events-secret',
    {
      config: { permission: 'payments:set-up' },
      schema: {
        tags: ['Payments'],
        summary: 'Make a new address for LawPay’s events; the old one is good no more',
        response: {
          200: z
            .object({ path: z.string().describe('Behind the public address of this service.') })
            .describe('Shown once.'),
          ...problemAnswers,
        },
      },
    },
    async (request) => {
      const { tenantId, subject } = identityOf(request);
      const by = { actor: subject, atMs: Date.now() };
      const secret = await refusing(paymentSetup.newEventsSecret(tenantId, by));
      return { path: `/api/v1/webhooks/lawpay/${tenantId}/${secret}` };
    },
  );
}
