/** What our ledger of money and LawPay's hold, and how they can disagree. */
import type { AccountKind } from '../money.js';
import type { MovementState } from './movement.js';

/** A transaction as LawPay lists it. Amounts in cents. */
export interface Listed {
  id: string;
  type: 'CHARGE' | 'REFUND';
  status: string;
  amountCents: number;
  refundedCents: number;
  accountId: string;
  reference: string | undefined;
  chargeId: string | undefined;
}

/** A link that was sent to a payer. */
export interface LinkSent {
  reference: string;
  amountCents: number;
  account: AccountKind;
  /** Whether it leads to LawPay's page; ours charges by itself. */
  onTheirPage: boolean;
}

/** A charge or refund of ours. */
export interface MovementMade {
  reference: string;
  kind: 'CHARGE' | 'REFUND';
  state: MovementState;
  how: 'void' | 'refund' | null;
  amountCents: number;
  accountId: string;
  transactionId: string | null;
  ofTransaction: string | null;
  status: string | null;
  /** Since its last change, milliseconds. */
  ageMs: number;
}

export interface Books {
  links: readonly LinkSent[];
  movements: readonly MovementMade[];
  listed: readonly Listed[];
  /** Kind of each account, as LawPay tells it. */
  kinds: ReadonlyMap<string, AccountKind | undefined>;
}

export type DriftKind =
  | 'unproven'
  | 'missing'
  | 'unknown_charge'
  | 'unknown_refund'
  | 'paid_twice'
  | 'amount_differs'
  | 'unit_suspect'
  | 'account_differs'
  | 'failed_later'
  | 'over_refunded';

export interface Drift {
  kind: DriftKind;
  /** A reference of ours or a transaction of LawPay's. */
  subject: string;
  /** For people; amounts and ids only. */
  detail: string;
}
