/** How a charge is given back: voided while nothing has been settled, refunded afterwards, never more than was charged. */

/** A charge as LawPay has it now. Amounts in cents. */
export interface ChargeNow {
  status: string;
  amountCents: number;
  refundedCents: number;
  /** False: a hold, which must be captured before it can be refunded. */
  autoCapture: boolean;
}

export type ReversalPlan =
  | { kind: 'void' }
  | { kind: 'refund' }
  /** Not yet: the processor has still to say. */
  | { kind: 'wait' }
  | { kind: 'refuse'; why: string };

/**
 * @param wantedCents what is to be given back, a positive whole number.
 * @param isVoidShut LawPay has just refused to void it: some networks close that window after half an hour, long before the
 *   charge is settled. What is authorized can be refunded too.
 */
export function planReversal(charge: ChargeNow, wantedCents: number, isVoidShut = false): ReversalPlan {
  if (charge.status === 'VOIDED' || charge.status === 'FAILED')
    return {
      kind: 'refuse',
      why: `the charge is ${charge.status.toLowerCase()}: there is nothing to give back`,
    };
  if (wantedCents > charge.amountCents - charge.refundedCents)
    return { kind: 'refuse', why: 'more than is left of the charge' };
  if (charge.status === 'PENDING') return { kind: 'wait' };
  // A void takes back the whole, and never stands beside a refund.
  const isWhole = wantedCents === charge.amountCents && charge.refundedCents === 0;
  if (charge.status === 'AUTHORIZED' && isWhole && !isVoidShut) return { kind: 'void' };
  if (charge.status === 'AUTHORIZED' && !charge.autoCapture)
    return { kind: 'refuse', why: 'a hold can only be voided, and as a whole' };
  return { kind: 'refund' };
}

/** What our own ledger knows of one charge's reversals, cents. */
export interface GivenBack {
  /** LawPay has told of these. */
  answeredCents: number;
  /** On their way, or of unknown outcome. */
  sentCents: number;
}

/**
 * What may still be given back. What is unproven counts as given: rather too little than the client's money twice.
 * @param charge as LawPay had it a moment ago; it may not know yet what our ledger knows, and the other way round.
 */
export const leftCents = (
  charge: Pick<ChargeNow, 'amountCents' | 'refundedCents'>,
  ours: GivenBack,
): number =>
  Math.max(0, charge.amountCents - Math.max(charge.refundedCents, ours.answeredCents) - ours.sentCents);
