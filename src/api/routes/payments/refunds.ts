import { z } from 'zod';
import type { App } from '../../app-types.js';
import type { RefundDesk } from '../../pay/refund-desk.js';
import { identityOf } from '../../plugins/auth.js';
import { problemAnswers } from '../../plugins/openapi.js';

export interface RefundDeps {
  refunds: RefundDesk;
}

/** Giving a charge back. */
export function refundRoutes(app: App, { refunds }: RefundDeps): void {
  app.post(
    '/payments/refunds',
    {
      config: { permission: 'payments:refund' },
      schema: {
        tags: ['Payments'],
        summary: 'Give back a charge or a part of it: void while nothing is settled, refund otherwise',
        body: z.object({
          transaction_id: z
            .string()
            .regex(/^[\w-]{1,64}$/)
            .describe('LawPay’s id of the charge.'),
          amount_cents: z.int().positive(),
          order_id: z
            .string()
            .min(8)
            .max(100)
            .describe('Yours, unique for this refund: sent again, it is the same refund.'),
          reason: z.string().trim().min(1).max(500),
        }),
        response: {
          202: z
            .object({
              write_id: z.string().describe('See it under /dlq if it parks.'),
              awaits_approval: z
                .boolean()
                .describe(
                  'The firm wants two people for money: another one approves at /dlq/{write_id}/approve.',
                ),
            })
            .describe('It is on its way, or waits for a second person.'),
          ...problemAnswers,
        },
      },
    },
    async (request, reply) => {
      const { tenantId, subject: actor } = identityOf(request);
      const {
        transaction_id: transactionId,
        amount_cents: amountCents,
        order_id: orderId,
        reason,
      } = request.body;
      const order = { transactionId, amountCents, orderId, actor, reason };
      const { writeId, awaitsApproval } = await refunds.order(tenantId, order);
      return reply.code(202).send({ write_id: writeId, awaits_approval: awaitsApproval });
    },
  );
}
