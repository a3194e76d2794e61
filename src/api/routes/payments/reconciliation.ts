import { z } from 'zod';
import { lastComparison } from '../../../db/payment-books.js';
import { withTenant } from '../../../db/tenant.js';
import type { App } from '../../app-types.js';
import { identityOf } from '../../plugins/auth.js';
import { problemAnswers } from '../../plugins/openapi.js';
import type { PaymentDeps } from './deps.js';

const Answer = z
  .object({
    at: z.iso.datetime().nullable().describe('Null when no comparison has run yet.'),
    compared: z.record(z.string(), z.number()).describe('How many of what were compared.'),
    drift: z.array(
      z.object({
        kind: z.string().meta({ examples: ['paid_twice'] }),
        subject: z.string().describe('A reference of ours or a transaction of LawPay’s.'),
        detail: z.string(),
        first_seen: z.iso.datetime(),
        last_seen: z.iso.datetime(),
      }),
    ),
  })
  .describe('Where the ledgers disagree. Nothing of it was put right: a person decides what money does.');

/** Drift of a firm in a bad month; more is one cause, not many. */
const SHOWN = 200;

/** Whether our ledger of money agrees with LawPay's. */
export function paymentReconciliationRoute(app: App, { pool }: PaymentDeps): void {
  app.get(
    '/payments/reconciliation',
    {
      config: { permission: 'payments:read' },
      schema: {
        tags: ['Payments'],
        summary: 'Where our ledger and LawPay’s disagree',
        response: { 200: Answer, ...problemAnswers },
      },
    },
    async (request) => {
      const { tenantId } = identityOf(request);
      const { at, compared, drifts } = await withTenant(pool, tenantId, (scope) =>
        lastComparison(scope, tenantId, SHOWN),
      );
      return {
        at: at?.toISOString() ?? null,
        compared,
        drift: drifts.map(({ kind, subject, detail, firstSeen, lastSeen }) => ({
          ...{ kind, subject, detail },
          first_seen: firstSeen.toISOString(),
          last_seen: lastSeen.toISOString(),
        })),
      };
    },
  );
}
