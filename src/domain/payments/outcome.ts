/** What a transaction at LawPay means to whoever waits for a payment. */

export type PaymentOutcome = 'paid' | 'failed' | 'refunded';

/** A transaction, as far as that depends on it. */
export interface Standing {
  type: 'CHARGE' | 'REFUND';
  status: string;
  /** False: a hold, which is no payment before it is captured. */
  autoCapture: boolean;
}

/**
 * @returns undefined while nothing has come of it, and for a refund that failed or was taken back: then the payment stands
 *   as it was.
 */
export function outcomeOf({ type, status, autoCapture }: Standing): PaymentOutcome | undefined {
  const stands = status === 'COMPLETED' || (status === 'AUTHORIZED' && autoCapture);
  if (type === 'REFUND') return stands ? 'refunded' : undefined;
  if (stands) return 'paid';
  if (status === 'FAILED') return 'failed';
  // A hold that ran out had not been paid.
  return status === 'VOIDED' && autoCapture ? 'refunded' : undefined;
}

/** What LawPay has told of a charge of ours, or of what gives one back. */
export interface MovementStanding {
  kind: 'CHARGE' | 'REFUND';
  how: 'void' | 'refund' | null;
  status: string | null;
}

/** As `outcomeOf`. A void is no transaction of its own: what LawPay tells of it is the charge, voided. */
export function outcomeOfMovement({ kind, how, status }: MovementStanding): PaymentOutcome | undefined {
  if (status === null) return undefined;
  return outcomeOf({ type: how === 'void' ? 'CHARGE' : kind, status, autoCapture: true });
}
