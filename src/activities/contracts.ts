/** What the workflows ask of the activities. Types only, so that no activity code reaches the workflow sandbox. */
import type { WriteIdentity, WriteProgress } from '../db/writes.js';
import type { DecisionRecord } from '../domain/decisions.js';
import type { FirmProfile } from '../domain/firm.js';
import type { CallId, TenantId } from '../domain/ids.js';
import type { Circuit } from '../domain/circuit.js';
import type { ErrorClass } from '../domain/failures.js';
import type { ConflictCheck, IntakeRecord } from '../domain/intake.js';
import type { EndReason, Turn } from '../domain/turn.js';
import type { Lane, WriteReceipt, WriteRequest } from '../domain/writes.js';

export type { WriteIdentity, WriteProgress } from '../db/writes.js';

export interface PerformWriteInput {
  workflowId: string;
  request: WriteRequest;
  /** Attempts of earlier rounds; this activity's own come on top. */
  attemptsBefore: number;
  revision: number;
  /** It comes back for the slot that an earlier activity was given. */
  returning?: boolean;
  /** It was sent back by a redrive or the end of an outage, and gives way to live work. */
  redriven?: boolean;
  /** Longest Retry-After worth waiting for inside the activity, milliseconds. */
  fastMaxMs: number;
  /** Decisions that led to this attempt: written to the audit log before anything is sent. */
  decisions?: DecisionRecord[];
}

export interface PerformedWrite {
  receipt: WriteReceipt;
  /** Attempts over the write's whole life, this one included. */
  attempts: number;
}

/** Nothing was sent and no attempt was spent: the vendor is silent, and a canary finds out for all when it is back. */
export interface HeldWrite {
  held: {
    /** Since when the vendor is silent, epoch milliseconds. */
    sinceMs: number;
  };
  attempts: number;
}

/** Nothing was sent and no attempt was spent: the firm's pace allows it later, and a slot is kept until then. */
export interface LaterWrite {
  later: { waitMs: number };
  attempts: number;
}

/** What became of one activity that did not fail. */
export type AttemptedWrite = PerformedWrite | HeldWrite | LaterWrite;

/** First detail of every ApplicationFailure that `performWrite` throws; the failure's type is the ErrorClass. */
export interface AttemptDetail {
  /** Attempt within the activity, from 1. */
  attempt: number;
  retryAfterMs?: number;
}

/** Served on the task queue of each outside system. */
export interface WriteActivities {
  performWrite(input: PerformWriteInput): Promise<AttemptedWrite>;
}

export interface ConflictQuestion {
  tenantId: TenantId;
  /** Everyone named in the call. */
  names: string[];
  /** The caller: a contact with the same name and the same number is the caller again, not a conflict. */
  caller: { name?: string; phoneE164?: string };
  /** The contact this intake created. */
  ownContactId: string;
}

/** Served on the Clio task queue beside `performWrite`. */
export interface ConflictActivities {
  checkConflicts(question: ConflictQuestion): Promise<ConflictCheck>;
}

export interface EndedCall {
  tenantId: TenantId;
  callId: CallId;
  startedAtMs: number;
  endedAtMs: number;
  endReason: EndReason;
  /** Ordered by number. */
  turns: Turn[];
  firm: FirmProfile;
  /** The line the call came from, E.164, when the carrier told. */
  callerIdE164?: string;
}

/** What a write's workflow learns when it reports where it stands. */
export interface ProjectedWrite {
  /** The firm wants a second person to agree before this write is retried or changed by hand. */
  secondPerson: boolean;
}

/** Served on the core task queue. */
export interface ProjectionActivities {
  /** Brings the projection up to date with a waiting, parked or discarded write, and the audit log with its decisions. */
  projectWrite(write: {
    identity: WriteIdentity;
    progress: WriteProgress;
    decisions?: DecisionRecord[];
  }): Promise<ProjectedWrite | undefined>;
}

/** Served on the core task queue. */
export interface IntakeActivities extends ProjectionActivities {
  /** Makes the record from the turns, stores it and marks the call as ended. */
  extractIntake(call: EndedCall): Promise<IntakeRecord>;
  /** Stores the finished record. */
  persistIntake(record: IntakeRecord): Promise<void>;
}

/** A lane of a firm. The field keeps the name it had when every lane was a system. */
export interface BreakerScope {
  tenantId: TenantId;
  system: Lane;
}

export interface WakeInput extends BreakerScope {
  /** Which waiting writes: by why they wait. */
  causes: readonly ErrorClass[];
  /** How far the ramp has come, from 0. */
  step: number;
}

export interface Woken {
  circuit: Circuit;
  /** Writes told to go on in this step; 0: nobody waits any more. */
  count: number;
  /** Until the next step, milliseconds. */
  waitMs: number;
}

/** Served on the core task queue, for the breaker's workflow. */
export interface BreakerActivities {
  /** Lets one waiting write through and tells it; closes the breaker when none waits. @returns what it is then. */
  startProbe(probe: BreakerScope & { epoch: number }): Promise<Circuit>;
  /** Tells some of the waiting writes to go on; none when the breaker is not closed. */
  wakeWaiting(input: WakeInput): Promise<Woken>;
}
