/** What the workflow that looks after connections asks of its activity. Types only. */
import type { TenantId } from '../domain/ids.js';

export interface TendInput {
  /** This firm alone. Absent: some of all firms, those after `after`. */
  tenantId?: TenantId;
  after?: TenantId;
}

export interface Tended {
  firms: number;
  /** Subscriptions made or renewed. */
  webhooks: number;
  /** Firms whose turn failed; the next run tries again. */
  failed: number;
  /** Where the next part begins; absent at the end. */
  next?: TenantId;
}

/** Served on the Clio task queue. */
export interface TendActivities {
  /** Renews what runs out by itself, and tells parked writes of connections that are good again. */
  tendConnections(input: TendInput): Promise<Tended>;
}
