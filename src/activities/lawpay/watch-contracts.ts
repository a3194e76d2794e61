/** What the watch over payments asks of its activities. */
import type { TenantId } from '../../domain/ids.js';

export interface FirmToWatch {
  tenantId: TenantId;
}

export interface Compared {
  links: number;
  movements: number;
  transactions: number;
  drift: number;
}

/** Served on LawPay's queue. */
export interface PaymentWatchActivities {
  /** Firms with a good connection to LawPay. */
  paymentFirms(): Promise<TenantId[]>;
  /** Reads anew every transaction that an event pointed to. @returns how many events were looked into */
  readEvents(firm: FirmToWatch): Promise<number>;
  /** Asks LawPay what has happened since the last time, then does as `readEvents`. */
  pollEvents(firm: FirmToWatch): Promise<number>;
  /** Compares our ledger with LawPay's. Changes nothing that money depends on. */
  comparePayments(firm: FirmToWatch): Promise<Compared>;
}
