/** What the journal needs and what it offers beyond `append`. */
import type { Logger } from '../../telemetry/logger.js';
import type { CallJournal, IntakeSink } from '../ports.js';
import type { DeliveryOptions } from './delivery.js';
import type { Seal } from './records.js';
import type { OpenSegment } from './segment-log.js';

export interface JournalDeps {
  /** Kept for the journal alone; made (mode 0700) when missing. */
  directory: string;
  seal: Seal['seal'];
  open: Seal['open'];
  sink: IntakeSink;
  logger: Logger;
  /** Milliseconds since the epoch. */
  epochMs: () => number;
  /** How long events gather before they are written together. Default 15 ms. */
  commitEveryMs?: number;
  /** A segment is not continued beyond this. Default 1 MiB. */
  segmentBytes?: number;
  delivery?: Partial<DeliveryOptions>;
  openSegment?: OpenSegment;
}

export interface JournalHealth {
  /** Events that are not on the disk yet: a crash now would lose them. */
  inMemory: number;
  /** `degraded`: the disk refuses writes; events live in memory until they are delivered. */
  disk: 'ok' | 'degraded';
  /** Events not handed over yet. */
  pending: number;
  /** Calls whose last delivery failed. */
  failingCalls: number;
}

export interface OpenJournal extends CallJournal {
  /** What an earlier process had left. */
  readonly recovered: { calls: number; events: number; tornTails: number; damagedLines: number };
  /** Writes what has been appended so far. @returns true when all of it is on the disk. */
  flush(): Promise<boolean>;
  health(): JournalHealth;
  /** Writes everything, hands over what it can within the deadline (default 5 s), and lets go of the directory. */
  close(deadlineMs?: number): Promise<void>;
}
