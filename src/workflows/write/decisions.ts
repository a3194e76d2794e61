/** What people and batch tools may decide about a waiting write. */
import { setHandler } from '@temporalio/workflow';
import { isMoney, WriteRequest } from '../../domain/writes.js';
import {
  redriveWrite,
  resolveWrite,
  writeContent,
  writeState,
  type Decision,
  type Resolution,
  type WriteContent,
} from '../messages.js';
import { isWaiting, stateOf, type WriteCourse } from './course.js';
import { readOrder, refuseUnlessValid } from './decision-checks.js';
import { type How, record } from './decision-records.js';
import { projectMeanwhile, publish } from './publish.js';

/** Job ids remembered per write; a job that old has long stopped repeating its signals. */
const MAX_SEEN_JOBS = 100;

/** Registers the queries, the `resolve` update and the `redrive` signal. Call it before the first await. */
export function takeDecisions(course: WriteCourse): void {
  setHandler(writeState, () => stateOf(course));
  setHandler(writeContent, () => contentOf(course));
  setHandler(
    resolveWrite,
    (resolution) => {
      resolve(course, resolution);
      return stateOf(course);
    },
    { validator: (resolution: Resolution) => refuseUnlessValid(course, resolution) },
  );
  setHandler(redriveWrite, (order) => {
    const { jobId, actor = 'redrive', reason = jobId ?? 'redrive signal' } = readOrder(order);
    if (!isWaiting(course) || (jobId !== undefined && course.seenJobs.includes(jobId))) return;
    if (jobId !== undefined) course.seenJobs = [...course.seenJobs, jobId].slice(-MAX_SEEN_JOBS);
    const how: How = { via: 'signal', ...(jobId !== undefined && { jobId }) };
    if (needsSecond(course)) {
      if (!course.proposed) propose(course, { action: 'retry', actor, reason }, how);
    } else accept(course, { action: 'retry', actor, reason }, how);
  });
}

function resolve(course: WriteCourse, resolution: Resolution): void {
  const { actor, reason } = resolution;
  switch (resolution.action) {
    case 'approve':
      if (course.proposed) approve(course, course.proposed.decision, { actor, reason });
      return;
    case 'withdraw':
      withdraw(course, { actor, reason });
      return;
    default:
      if (needsSecond(course)) propose(course, resolution, { via: 'update' });
      else accept(course, resolution, { via: 'update' });
  }
}

const needsSecond = (course: WriteCourse): boolean =>
  course.secondPerson && isMoney(course.request.operation);

/** From here on the write no longer waits, so that of two decisions in one moment only the first counts. */
function accept(course: WriteCourse, decision: Decision, how: How): void {
  const change = carryOut(course, decision);
  record(course, decision.action, decision, { ...how, ...change });
}

/** @returns the payloads before and after, of an edit. */
function carryOut(course: WriteCourse, decision: Decision): Pick<How, 'before' | 'after'> {
  const before: unknown = course.request.payload;
  course.decision = decision;
  course.revision += 1;
  course.phase = decision.action === 'discard' ? 'discarded' : 'retrying';
  delete course.proposed;
  if (decision.action !== 'edit') return {};
  course.request = edited(course.request, decision.payload);
  return { before, after: course.request.payload };
}

/** The write goes on waiting; lists and Temporal UI show who asked for what. */
function propose(course: WriteCourse, decision: Decision, how: How): void {
  course.proposed = { decision, atMs: Date.now() };
  course.revision += 1;
  const change =
    decision.action === 'edit' ? { before: course.request.payload as unknown, after: decision.payload } : {};
  record(course, 'propose', decision, { ...how, ...change, about: decision.action });
  publish(course);
  projectMeanwhile(course);
}

function approve(course: WriteCourse, proposed: Decision, second: { actor: string; reason: string }): void {
  const actor = `${proposed.actor} with ${second.actor}`;
  const change = carryOut(course, { ...proposed, actor });
  const about = proposed.action;
  record(course, 'approve', second, { via: 'update', ...change, about, proposedBy: proposed.actor });
}

function withdraw(course: WriteCourse, by: { actor: string; reason: string }): void {
  const proposed = course.proposed?.decision;
  delete course.proposed;
  course.revision += 1;
  record(course, 'withdraw', by, {
    via: 'update',
    ...(proposed && { about: proposed.action, proposedBy: proposed.actor }),
  });
  publish(course);
  projectMeanwhile(course);
}

function contentOf({ request, proposed }: WriteCourse): WriteContent {
  const { operation, tenantId, callId, priority, payload } = request;
  const edit = proposed?.decision.action === 'edit' ? { proposed: proposed.decision.payload } : {};
  return { operation, tenantId, callId, priority, payload, ...edit };
}

const edited = (request: WriteRequest, payload: unknown): WriteRequest =>
  WriteRequest.parse({ ...request, payload });
