import type { LadderPolicy } from '../../src/domain/ladder.js';
import type { WriteRequest } from '../../src/domain/writes.js';

/** The ladder as it is configured by default. */
export const ladder: LadderPolicy = {
  fastAttempts: 5,
  fastInitialMs: 1_000,
  fastMaxMs: 30_000,
  slowDelaysMs: [60_000, 300_000, 900_000, 3_600_000],
  slowWindowMs: 86_400_000,
  escalateAfterMs: 14_400_000,
};

let calls = 0;
/** A call id no other test of this process uses. */
export const newCallId = (): string =>
  `call_${String(process.pid).padStart(8, '0')}${String(Date.now() % 1e6).padStart(6, '0')}${String(calls++).padStart(6, '0')}`;

export function contactRequest(callId: string): WriteRequest {
  return {
    operation: 'clio.contact.create',
    tenantId: 'acme',
    callId,
    key: `${callId}.contact`,
    priority: 'MEDIUM',
    payload: { firstName: 'Dana', lastName: 'Whitcomb', phoneE164: '+15125550142' },
  };
}

/** Decisions about it may need a second person. */
export function paymentRequest(callId: string): WriteRequest {
  const reference = `${callId}.payment`;
  return {
    operation: 'lawpay.paymentRequest.create',
    ...{ tenantId: 'acme', callId, key: reference, priority: 'HIGH' },
    payload: {
      money: { amountCents: 25_000, currency: 'USD', account: 'trust' },
      ...{ purpose: 'consultation', reference },
    },
  };
}
