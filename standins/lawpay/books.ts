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
export class Books {
  readonly #transactions = new Map<string, Transaction>();
  #events: LawPayEvent[] = [];

  constructor(private readonly kit: StandinKit<LawPaySettings>) {
    this.#reload();
    kit.onReset(() => this.#reload());
  }

  transactions(): readonly Transaction[] {
    return [...this.#transactions.values()];
  }

  /** Oldest first. */
  events(): readonly LawPayEvent[] {
    return this.#events;
  }

  /** @throws LawPayRefusal 404. */
  get(id: string): Transaction {
    const transaction = this.#transactions.get(id);
    if (transaction === undefined) throw notFound('Transaction', id);
    return transaction;
  }

  refundsOf({ id }: Transaction): Transaction[] {
    return this.transactions().filter(({ charge_id: chargeId }) => chargeId === id);
  }

  /** As an answer has it: a charge with its refunds. */
  shown(transaction: Transaction): object {
    const refunds = this.refundsOf(transaction);
    return refunds.length > 0 ? { ...transaction, refunds } : transaction;
  }

  /** Stores a new transaction; without an event type it happens silently, as a decline does. */
  open(content: Omit<Transaction, 'id' | 'created' | 'modified'>, event?: EventType): Transaction {
    const created = this.#now();
    return this.#keep('created', { id: newId(), created, modified: created, ...content }, event);
  }

  change(id: string, changes: Partial<Transaction>, event?: EventType): Transaction {
    return this.#keep('updated', { ...this.get(id), ...changes, modified: this.#now() }, event);
  }

  #keep(action: 'created' | 'updated', transaction: Transaction, event?: EventType): Transaction {
    const { ledger } = this.kit;
    this.#transactions.set(transaction.id, transaction);
    ledger.record(transaction.type.toLowerCase(), transaction.id, action, transaction);
    if (event !== undefined) {
      const happened = { id: newId(), created: this.#now(), type: event, data: transaction };
      this.#events.push(happened);
      ledger.record('event', happened.id, 'created', happened);
    }
    return transaction;
  }

  /** From the ledger, which under these kinds holds only what these books put there. */
  #reload(): void {
    const { ledger } = this.kit;
    this.#transactions.clear();
    for (const transaction of [...ledger.living('charge'), ...ledger.living('refund')] as Transaction[])
      this.#transactions.set(transaction.id, transaction);
    this.#events = ledger.living('event') as LawPayEvent[];
  }

  #now(): string {
    return new Date(this.kit.clock.nowMs()).toISOString();
  }
}

/** LawPay's ids: 22 characters of the base64url alphabet. */
export function newId(): string {
  return randomBytes(16).toString('base64url');
}
