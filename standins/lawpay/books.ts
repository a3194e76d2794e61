import { randomBytes } from 'node:crypto';
import type { StandinKit } from '../kit/standin.js';
import { notFound } from './errors.js';
import type { LawPaySettings } from './settings.js';

/** A charge or refund as LawPay shows it. Amounts in cents, times ISO 8601. */
export type Transaction = {
  id: string;
  created: string;
  modified: string;
  type: 'CHARGE' | 'REFUND';
  account_id: string;
  status: 'PENDING' | 'AUTHORIZED' | 'COMPLETED' | 'VOIDED' | 'FAILED';
  amount: number;
  currency: string;
  method: { type: 'card' | 'bank' } & Record<string, unknown>;
  reference?: string;
  data?: Record<string, unknown>;
  failure_code?: string;
  /** Charges. */
  auto_capture?: boolean;
  amount_refunded?: number;
  authorization_code?: string;
  cvv_result?: string;
  avs_result?: string;
  capture_reference?: string;
  void_reference?: string;
  /** Refunds: the charge given back. */
  charge_id?: string;
};

/** Something that happened to a transaction; `data` is the transaction as of then. */
export type LawPayEvent = { id: string; created: string; type: string; data: Transaction };

export type EventType =
  | 'transaction.authorized'
  | 'transaction.completed'
  | 'transaction.failed'
  | 'transaction.voided'
  | 'transaction.pending_parent_settlement';

/** All transactions and events; ledger kinds `charge`, `refund` and `event`. */
export interface Books {
  transactions(): readonly Transaction[];
  events(): readonly LawPayEvent[];
  /** @throws LawPayRefusal 404. */
  get(id: string): Transaction;
  refundsOf(charge: Transaction): Transaction[];
  /** Stores a new transaction; without an event type it happens silently, as a decline does. */
  open(content: Omit<Transaction, 'id' | 'created' | 'modified'>, event?: EventType): Transaction;
  change(id: string, changes: Partial<Transaction>, event?: EventType): Transaction;
}

export function createBooks(kit: StandinKit<LawPaySettings>): Books {
  const { ledger, clock } = kit;
  const transactions = new Map<string, Transaction>();
  let events: LawPayEvent[] = [];
  const reload = () => {
    // The ledger holds only what these books put there.
    const kept = [...ledger.living('charge'), ...ledger.living('refund')] as Transaction[];
    transactions.clear();
    for (const transaction of kept) transactions.set(transaction.id, transaction);
    events = ledger.living('event') as LawPayEvent[];
  };
  reload();
  kit.onReset(reload);

  const now = () => new Date(clock.nowMs()).toISOString();
  const keep = (transaction: Transaction, action: 'created' | 'updated', event?: EventType) => {
    transactions.set(transaction.id, transaction);
    ledger.record(transaction.type.toLowerCase(), transaction.id, action, transaction);
    if (event === undefined) return transaction;
    const happened = { id: newId(), created: now(), type: event, data: transaction };
    events.push(happened);
    ledger.record('event', happened.id, 'created', happened);
    return transaction;
  };
  const get = (id: string) => {
    const transaction = transactions.get(id);
    if (transaction === undefined) throw notFound('Transaction', id);
    return transaction;
  };
  return {
    transactions: () => [...transactions.values()],
    events: () => events,
    get,
    refundsOf: ({ id }) => [...transactions.values()].filter(({ charge_id: charge }) => charge === id),
    open: (content, event) => {
      const created = now();
      return keep({ id: newId(), created, modified: created, ...content }, 'created', event);
    },
    change: (id, changes, event) => keep({ ...get(id), ...changes, modified: now() }, 'updated', event),
  };
}

/** LawPay's ids: 22 characters of the base64url alphabet. */
export function newId(): string {
  return randomBytes(16).toString('base64url');
}
