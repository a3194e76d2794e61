/** The state of one `externalWrite`, and what others may see of it. */
import { workflowInfo } from '@temporalio/workflow';
import type { WriteIdentity, WriteProgress } from '../../activities/contracts.js';
import type { DecisionRecord } from '../../domain/decisions.js';
import { isMoney, operations, ownLaneOf, type WriteRequest } from '../../domain/writes.js';
import type { Decision, ExternalWriteInput, Proposal, Wake, WriteState } from '../messages.js';

/** Mutable on purpose: signal and update handlers and the main line all work on the one object. */
export interface WriteCourse extends WriteState {
  request: WriteRequest;
  readonly ladder: ExternalWriteInput['ladder'];
  /** Accepted and not yet acted upon. */
  decision?: Decision;
  seenJobs: string[];
  /** A decision that waits for a second person, whole. */
  proposed?: { decision: Decision; atMs: number };
  /** Whether decisions about this write need a second person; told anew whenever the write parks. */
  secondPerson: boolean;
  /** Accepted and not yet known to be in the audit log: they go along with whatever reaches the database next. */
  unrecorded: DecisionRecord[];
  /** Told to go on if it waits for this; cleared when an attempt begins. */
  wake?: Wake;
  /** Its next attempt comes back for a slot that is kept for it. */
  returning: boolean;
  /** Somebody or something sent it back: it gives way to live work from then on. */
  redriven: boolean;
  /** Set while it tries slowly: since when (epoch milliseconds), and how often it did. */
  slow?: { rounds: number; sinceMs: number };
  /** Whether search attributes already tell of this write's waiting, and so must tell of its end. */
  published: boolean;
}

export function startCourse(input: ExternalWriteInput): WriteCourse {
  const { request, ladder, carried, secondPerson, orderedBy } = input;
  const isProposal = orderedBy !== undefined && secondPerson === true && isMoney(request.operation);
  return {
    request,
    ladder,
    phase: carried ? 'retrying' : 'running',
    attempts: carried?.attempts ?? 0,
    revision: carried?.revision ?? 0,
    seenJobs: carried?.seenJobs ?? [],
    secondPerson: secondPerson ?? false,
    unrecorded: carried?.unrecorded ?? [],
    returning: false,
    redriven: carried !== undefined,
    published: carried !== undefined,
    ...(carried?.slow && { slow: carried.slow }),
    ...(carried?.proposed && { proposed: carried.proposed }),
    ...(isProposal && { proposed: { decision: { action: 'retry', ...orderedBy }, atMs: Date.now() } }),
  };
}

/** Whether a decision can be taken now. */
export const isWaiting = (course: WriteCourse): boolean =>
  (course.phase === 'parked' || course.phase === 'backoff') && course.decision === undefined;

export function stateOf(course: WriteCourse): WriteState {
  const { phase, attempts, revision, lastError, parkedAtMs, nextAttemptAtMs, receipt } = course;
  return {
    phase,
    attempts,
    revision,
    ...(lastError && { lastError }),
    ...(parkedAtMs !== undefined && { parkedAtMs }),
    ...(nextAttemptAtMs !== undefined && { nextAttemptAtMs }),
    ...(receipt && { receipt }),
    ...(course.proposed && { proposal: proposalOf(course.proposed) }),
  };
}

const proposalOf = ({ decision, atMs }: NonNullable<WriteCourse['proposed']>): Proposal => ({
  action: decision.action,
  actor: decision.actor,
  reason: decision.reason,
  atMs,
});

export function identityOf({ request }: WriteCourse): WriteIdentity {
  return {
    tenantId: request.tenantId,
    workflowId: workflowInfo().workflowId,
    callId: request.callId,
    system: operations[request.operation].system,
    lane: ownLaneOf(request),
    operation: request.operation,
    priority: request.priority,
  };
}

export function progressOf(course: WriteCourse): WriteProgress {
  const { phase, attempts, revision, lastError, parkedAtMs, nextAttemptAtMs } = course;
  return {
    state: phase,
    attempts,
    revision,
    ...(lastError && { errorClass: lastError.errorClass, errorMessage: lastError.message }),
    ...(parkedAtMs !== undefined && { parkedAtMs }),
    ...(nextAttemptAtMs !== undefined && { nextAttemptAtMs }),
    ...(course.proposed && { proposedBy: course.proposed.decision.actor }),
  };
}

/** These decisions are in the audit log; those accepted meanwhile are not. */
export function areRecorded(course: WriteCourse, decisions: readonly DecisionRecord[]): void {
  course.unrecorded = course.unrecorded.filter((decision) => !decisions.includes(decision));
}
