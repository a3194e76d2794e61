/** The writes HERMES makes in LawPay. */
import { z } from 'zod';
import { Money } from '../money.js';
import { requestOf, type OperationRow } from './request.js';

export const PaymentRequestPayload = z.strictObject({
  money: Money,
  purpose: z.literal('consultation'),
  /** Travels in the payer's URL, so it is the opaque operation key and never a matter detail. */
  reference: z.string().max(64),
  payerName: z.string().max(160).optional(),
  payerEmail: z.email().optional(),
});

export const lawpayOperations = {
  // A link moves no money, and its row under a unique reference makes it exactly one.
  'lawpay.paymentRequest.create': {
    system: 'lawpay',
    payload: PaymentRequestPayload,
    afterUnknown: 'look_up',
    money: true,
  },
} as const satisfies Record<string, OperationRow>;

export const lawpayRequests = [requestOf('lawpay.paymentRequest.create', PaymentRequestPayload)] as const;
