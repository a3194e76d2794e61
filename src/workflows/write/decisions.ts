/** What people and batch tools may decide about a waiting write. */
import { ApplicationFailure, setHandler } from '@temporalio/workflow';
import { operations, WriteRequest } from '../../domain/writes.js';
import { redriveWrite, resolveWrite, writeState, type Decision } from '../messages.js';
import { isWaiting, stateOf, type WriteCourse } from './course.js';

/** Job ids remembered per write; a job that old has long stopped repeating its signals. */
const MAX_SEEN_JOBS = 100;

/** Registers the query, the `resolve` update and the `redrive` signal. Call it before the first await. */
export function takeDecisions(course: WriteCourse): void {
  setHandler(writeState, () => stateOf(course));
  setHandler(
    resolveWrite,
    (decision) => {
      accept(course, decision);
      return stateOf(course);
    },
    { validator: (decision: Decision) => refuseUnlessValid(course, decision) },
  );
  setHandler(redriveWrite, (job) => {
    const jobId = job?.jobId;
    if (!isWaiting(course) || (jobId !== undefined && course.seenJobs.includes(jobId))) return;
    if (jobId !== undefined) course.seenJobs = [...course.seenJobs, jobId].slice(-MAX_SEEN_JOBS);
    accept(course, { action: 'retry', actor: 'redrive', reason: jobId ?? 'redrive signal' });
  });
}

/** From here on the write no longer waits, so that of two decisions in one moment only the first counts. */
function accept(course: WriteCourse, decision: Decision): void {
  course.decision = decision;
  course.revision += 1;
  course.phase = decision.action === 'discard' ? 'discarded' : 'retrying';
  if (decision.action === 'edit') course.request = edited(course.request, decision.payload);
}

/** @throws ApplicationFailure, type `DecisionRefused`, whose message says what to change. */
function refuseUnlessValid(course: WriteCourse, decision: Decision): void {
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
      // Reached by hand-made updates from Temporal UI.
      throw refused('action: must be retry, edit or discard');
  }
}

const filled = (text: unknown): boolean => typeof text === 'string' && text.trim() !== '';

const edited = (request: WriteRequest, payload: unknown): WriteRequest =>
  WriteRequest.parse({ ...request, payload });

const refused = (message: string): ApplicationFailure =>
  ApplicationFailure.create({ type: 'DecisionRefused', message, nonRetryable: true });
