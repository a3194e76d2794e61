/** What a redrive job asks of its activities. Types only. */
import type { AuditEvent } from '../db/audit.js';
import type { RedriveJob } from '../db/redrive.js';
import type { ItemCounts } from '../db/redrive-items.js';
import type { TenantId } from '../domain/ids.js';

export type { AuditEvent } from '../db/audit.js';
export type { ItemCounts } from '../db/redrive-items.js';

export interface RedriveBatch {
  tenantId: TenantId;
  /** Goes to every write of it. */
  order: { jobId: string; actor: string; reason: string };
  count: number;
  /** Between two of them, milliseconds; 0: none. */
  intervalMs: number;
  /** When its first is due, by the clock that gave the time: epoch milliseconds of an earlier answer. */
  dueMs?: number;
}

export interface SentBatch {
  /** Those that were there to be told. */
  sent: number;
  /** When the next one is due. */
  dueMs?: number;
  /** It is due later than a batch lasts: wait before asking for it. */
  isEarly: boolean;
  counts: ItemCounts;
}

/** Served on the core task queue. */
export interface RedriveActivities {
  /** Tells the next items to try again. */
  sendRedriveBatch(batch: RedriveBatch): Promise<SentBatch>;
  /** Brings results up to date and counts them. */
  countRedrive(job: { tenantId: TenantId; jobId: string }): Promise<ItemCounts>;
  /** Notes where the job stands, and who decided it. */
  saveRedrive(change: {
    tenantId: TenantId;
    job: Pick<RedriveJob, 'jobId' | 'state' | 'because' | 'ratePerSecond' | 'budget'>;
    events: AuditEvent[];
  }): Promise<void>;
}
