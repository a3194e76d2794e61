/** The writes HERMES makes in LawPay. */
import { z } from 'zod';
import { lazily } from '../lazily.js';
import { Money } from '../money.js';
import { Deposit } from '../payments/deposit.js';
import { provenUndone, requestOf, type OperationRow } from './request.js';

export const PaymentRequestPayload = lazily(() =>
  z.strictObject({
    money: Money,
    purpose: z.literal('consultation'),
    /** Travels in the payer's URL, so it is the opaque operation key and never a matter detail. */
    reference: z.string().max(64),
    payerName: z.string().max(160).optional(),
    payerEmail: z.email().optional(),
  }),
);

export const ChargePayload = lazily(() =>
  z.strictObject({
    deposit: Deposit,
    /** Stands for the card, once and for some minutes. Made in the payer's browser; the card itself never comes here. */
    token: z.string().min(1).max(64),
    provenUndone,
  }),
);

export const ReversalPayload = lazily(() =>
  z.strictObject({
    /** LawPay's id of the charge. */
    transactionId: z.string().min(1).max(64),
    /** What to give back and where it lies; the whole charge or a part. */
    deposit: Deposit,
    provenUndone,
  }),
);

export const lawpayOperations = {
  // A link moves no money, and its row under a unique reference makes it exactly one.
  'lawpay.paymentRequest.create': {
    system: 'lawpay',
    payload: PaymentRequestPayload,
    afterUnknown: 'look_up',
    money: true,
  },
  'lawpay.charge.create': { system: 'lawpay', payload: ChargePayload, afterUnknown: 'prove', money: true },
  'lawpay.charge.reverse': { system: 'lawpay', payload: ReversalPayload, afterUnknown: 'prove', money: true },
} as const satisfies Record<string, OperationRow>;

export const lawpayRequests = () => {
  /** Money that has moved, or may have, is nobody's second concern. */
  const critical = { priority: z.literal('CRITICAL') };
  return [
    requestOf('lawpay.paymentRequest.create', PaymentRequestPayload),
    requestOf('lawpay.charge.create', ChargePayload).extend(critical),
    requestOf('lawpay.charge.reverse', ReversalPayload).extend(critical),
  ] as const;
};
