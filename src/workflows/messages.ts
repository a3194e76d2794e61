/**
 * Names and types of everything that is said to a workflow: the contract between the edge, the operators and the
 * workflows. Safe to import outside the sandbox.
 */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { CallId, TenantId } from '../domain/ids.js';
import type { DecisionRecord } from '../domain/decisions.js';
import type { FirmProfile } from '../domain/firm.js';
import type { ErrorClass } from '../domain/failures.js';
import type { IntakeRecord } from '../domain/intake.js';
import type { LadderPolicy } from '../domain/ladder.js';
import type { EndReason, Turn } from '../domain/turn.js';
import { noticeSystems, type NoticeSystem } from '../domain/writes/notice.js';
import type {
  Operation,
  Priority,
  System,
  WritePhase,
  WriteReceipt,
  WriteRequest,
} from '../domain/writes.js';

/** Task queues: one for workflows and own activities, one per outside system so that its rate cap is its own. */
export const taskQueues = {
  core: 'hermes-core',
  clio: 'ext-clio',
  grow: 'ext-grow',
  lawpay: 'ext-lawpay',
  webhook: 'ext-webhook',
  /** Mail, text messages, Slack, PagerDuty: so little that they share one. */
  notice: 'ext-notice',
} as const;

const isNotice = (system: System): system is NoticeSystem =>
  (noticeSystems as readonly System[]).includes(system);

/** The queue on which writes to a system are made. */
export const queueOf = (system: System): (typeof taskQueues)[keyof typeof taskQueues] =>
  isNotice(system) ? taskQueues.notice : taskQueues[system];

/** Workflow type names, as registered. */
export const workflowTypes = {
  callIntake: 'callIntake',
  externalWrite: 'externalWrite',
  breaker: 'breaker',
  tendConnections: 'tendConnections',
} as const;

// ---- callIntake ------------------------------------------------------------------------------------------------------

export interface CallIntakeInput {
  tenantId: TenantId;
  callId: CallId;
  startedAtMs: number;
  /** The firm as it was when the call began. */
  firm: FirmProfile;
  /** The line it came from, E.164, when the carrier told. */
  callerIdE164?: string;
  /** How long a dropped caller may take to come back. Default 60 s. */
  reconnectWindowMs: number;
  /** With no word from the edge for this long the call is taken as over. Default 30 min. */
  idleLimitMs: number;
  ladder: LadderPolicy;
  /** Set by the workflow itself when it continues as new, in the middle of a very long call. */
  carried?: { turns: Turn[]; heardAtMs: number; lost?: { atMs: number; noticedAtMs: number } };
}

/** Finished turns, in any order and any number of times; the workflow keeps one of each number. */
export const turnsRecorded = defineSignal<[Turn[]]>('turnsRecorded');
/** The socket vanished; the reconnect window starts. The caller's return or a later turn cancels it. */
export const connectionLost = defineSignal<[{ atMs: number }]>('connectionLost');
/** The caller is back within the window. */
export const connectionRestored = defineSignal<[{ atMs: number }]>('connectionRestored');
/** The call is over; `lastTurn` is the highest turn number the edge recorded. */
export const callEnded = defineSignal<[{ reason: EndReason; atMs: number; lastTurn: number }]>('callEnded');

export type IntakePhase = 'listening' | 'dropped' | 'extracting' | 'writing' | 'done';
export interface IntakeState {
  phase: IntakePhase;
  turns: number;
  record?: IntakeRecord;
  writes: Record<string, WriteOutcome | 'pending'>;
}
export const intakeState = defineQuery<IntakeState>('intake');

// ---- externalWrite ---------------------------------------------------------------------------------------------------

export interface ExternalWriteInput {
  request: WriteRequest;
  ladder: LadderPolicy;
  /** Set by the workflow itself when it continues as new. */
  carried?: {
    attempts: number;
    revision: number;
    seenJobs: string[];
    /** Decisions that are not yet known to be in the audit log. */
    unrecorded?: DecisionRecord[];
    /** Since when and how often it has been trying slowly; absent before that. */
    slow?: { rounds: number; sinceMs: number };
    /** A decision that waits for a second person. */
    proposed?: { decision: Decision; atMs: number };
  };
  /** Whether the firm, when the write began, wanted a second person for decisions about money. */
  secondPerson?: boolean;
  /** A person ordered this money to be moved. Where the firm wants a second one, it is a proposal until that one approves. */
  orderedBy?: { actor: string; reason: string };
}

export type WriteOutcome =
  { status: 'done'; receipt: WriteReceipt } | { status: 'discarded'; reason: string; actor: string };

export interface WriteState {
  phase: WritePhase;
  attempts: number;
  /** Grows with every decision; a decision names the revision it saw. */
  revision: number;
  lastError?: { errorClass: ErrorClass; message: string; atMs: number };
  parkedAtMs?: number;
  nextAttemptAtMs?: number;
  receipt?: WriteReceipt;
  /** Waits for a second person. */
  proposal?: Proposal;
}

/** A decision about money that somebody asked for and somebody else must approve. */
export interface Proposal {
  action: Decision['action'];
  actor: string;
  reason: string;
  atMs: number;
}

export type Decision =
  | { action: 'retry'; actor: string; reason: string; expectedRevision?: number }
  /** `payload` replaces the whole payload and must satisfy the operation's schema. */
  | { action: 'edit'; actor: string; reason: string; expectedRevision?: number; payload: unknown }
  | { action: 'discard'; actor: string; reason: string; expectedRevision?: number };

/**
 * `approve` carries out what another person proposed; `withdraw` drops it. Where the firm wants a second person for
 * money, the first decision is only proposed.
 */
export type Resolution =
  Decision | { action: 'approve' | 'withdraw'; actor: string; reason: string; expectedRevision?: number };

/** A person's decision about a parked (or waiting) write. Rejected without a trace when it makes no sense. */
export const resolveWrite = defineUpdate<WriteState, [Resolution]>('resolve');
/** Everything may be left out. Of one `jobId` only the first order counts. */
export interface RedriveOrder {
  jobId?: string;
  actor?: string;
  reason?: string;
}
/** The same as `retry`, for batch tools and Temporal UI: ignored unless the write waits, and once per job id. */
export const redriveWrite = defineSignal<[RedriveOrder?]>('redrive');
export const writeState = defineQuery<WriteState>('state');
/** What the write sends, and what a proposed edit would send instead. Privileged. */
export const writeContent = defineQuery<WriteContent>('content');
export interface WriteContent {
  operation: Operation;
  tenantId: TenantId;
  callId?: string | undefined;
  priority: Priority;
  payload: unknown;
  /** Payload of an edit that waits for a second person. */
  proposed?: unknown;
}

/**
 * What a write waited for is over: try again, if it is one of these causes. No decision: it leaves the revision alone and
 * is no person's. A write that is just trying takes it as a leave to try once more.
 */
export const wakeWrite = defineSignal<[Wake]>('wake');
export interface Wake {
  causes: readonly ErrorClass[];
  /** It tries alone to find out whether the outage is over; otherwise the outage is over. */
  canary: boolean;
}
