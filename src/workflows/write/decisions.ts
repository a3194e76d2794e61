/** What people and batch tools may decide about a waiting write. */
import { ApplicationFailure, setHandler, workflowInfo } from '@temporalio/workflow';
import type { DecisionRecord } from '../../domain/decisions.js';
import { operations, WriteRequest } from '../../domain/writes.js';
import { redriveWrite, resolveWrite, writeState, type Decision, type RedriveOrder } from '../messages.js';
import { isWaiting, stateOf, type WriteCourse } from './course.js';

/** Job ids remembered per write; a job that old has long stopped repeating its signals. */
const MAX_SEEN_JOBS = 100;

/** Registers the query, the `resolve` update and the `redrive` signal. Call it before the first await. */
export function takeDecisions(course: WriteCourse): void {
  setHandler(writeState, () => stateOf(course));
  setHandler(
    resolveWrite,
    (decision) => {
      accept(course, decision, { via: 'update' });
      return stateOf(course);
    },
    { validator: (decision: Decision) => refuseUnlessValid(course, decision) },
  );
  setHandler(redriveWrite, (order) => {
    const { jobId, actor, reason } = readOrder(order);
    if (!isWaiting(course) || (jobId !== undefined && course.seenJobs.includes(jobId))) return;
    if (jobId !== undefined) course.seenJobs = [...course.seenJobs, jobId].slice(-MAX_SEEN_JOBS);
    accept(
      course,
      { action: 'retry', actor: actor ?? 'redrive', reason: reason ?? jobId ?? 'redrive signal' },
      { via: 'signal', ...(jobId !== undefined && { jobId }) },
    );
  });
}

/** Cancelled in Temporal, by somebody whose name only Temporal knows: that too is a decision. */
export function noteCancellation(course: WriteCourse): void {
  course.revision += 1;
  record(
    course,
    'cancel',
    { actor: 'temporal', reason: 'the workflow was cancelled' },
    { via: 'cancellation' },
  );
}

/** From here on the write no longer waits, so that of two decisions in one moment only the first counts. */
function accept(course: WriteCourse, decision: Decision, how: Pick<DecisionRecord, 'via' | 'jobId'>): void {
  const before: unknown = course.request.payload;
  course.decision = decision;
  course.revision += 1;
  course.phase = decision.action === 'discard' ? 'discarded' : 'retrying';
  if (decision.action === 'edit') course.request = edited(course.request, decision.payload);
  const change = decision.action === 'edit' ? { before, after: course.request.payload } : {};
  record(course, decision.action, decision, { ...how, ...change });
}

function record(
  course: WriteCourse,
  action: DecisionRecord['action'],
  { actor, reason }: { actor: string; reason: string },
  more: Pick<DecisionRecord, 'via' | 'jobId' | 'before' | 'after'>,
): void {
  const { workflowId } = workflowInfo();
  const { revision } = course;
  const atMs = Date.now();
  // The moment tells a decision from another one of the same revision that Temporal took after a reset.
  const eventId = `${workflowId}/r${revision}/${atMs}`;
  const { tenantId } = course.request;
  course.unrecorded.push({
    ...{ tenantId, workflowId, eventId, action, actor, reason, atMs, revision },
    ...more,
  });
}

/** Signals made by hand come in any shape; what cannot be read is left out, and the write is retried all the same. */
function readOrder(order: unknown): RedriveOrder {
  if (typeof order === 'string') return { jobId: order };
  if (typeof order !== 'object' || order === null) return {};
  const { jobId, actor, reason } = order as Record<string, unknown>;
  return {
    ...(filled(jobId) && { jobId }),
    ...(filled(actor) && { actor }),
    ...(filled(reason) && { reason }),
  };
}

/** @throws ApplicationFailure, type `DecisionRefused`, whose message says what to change. */
function refuseUnlessValid(course: WriteCourse, decision: Decision): void {
  // Hand-made updates from Temporal UI come in any shape.
  if (typeof decision !== 'object' || (decision as unknown) === null)
    throw refused('the decision must be an object such as {"action":"retry","actor":"…","reason":"…"}');
  if (!isWaiting(course)) throw refused(`the write is ${course.phase} and waits for no decision`);
  if (!filled(decision.actor)) throw refused('actor: who decides is missing');
  if (!filled(decision.reason)) throw refused('reason: why is missing');
  const expected = decision.expectedRevision;
  if (expected !== undefined && expected !== course.revision)
    throw refused(
      `expectedRevision: somebody decided meanwhile, the write is at revision ${course.revision}`,
    );
  switch (decision.action) {
    case 'retry':
    case 'discard':
      return;
    case 'edit': {
      const checked = operations[course.request.operation].payload.safeParse(decision.payload);
      if (checked.success) return;
      const problems = checked.error.issues.map((i) => `payload.${i.path.join('.')}: ${i.message}`);
      throw refused(problems.join('; '));
    }
    default:
      throw refused('action: must be retry, edit or discard');
  }
}

const filled = (text: unknown): text is string => typeof text === 'string' && text.trim() !== '';

const edited = (request: WriteRequest, payload: unknown): WriteRequest =>
  WriteRequest.parse({ ...request, payload });

const refused = (message: string): ApplicationFailure =>
  ApplicationFailure.create({ type: 'DecisionRefused', message, nonRetryable: true });
