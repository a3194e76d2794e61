/** The state of one redrive job, and how people steer it. */
import { ApplicationFailure, setHandler, workflowInfo } from '@temporalio/workflow';
import type { AuditEvent } from '../../activities/redrive-contracts.js';
import { RedrivePace, type RedriveJobState } from '../../domain/redrive.js';
import {
  abortRedrive,
  pauseRedrive,
  redriveProgress,
  resumeRedrive,
  setRedriveRate,
  type RateOrder,
  type RedriveInput,
  type RedriveOrderBy,
  type RedriveProgress,
} from '../redrive-messages.js';

/** Mutable on purpose: update handlers and the main line work on the one object. */
export interface RedriveCourse extends RedriveProgress {
  readonly input: RedriveInput;
  /** Batches since the ramp began. */
  step: number;
  /** When the next one is due, by the workers' clock. */
  dueMs?: number;
  /** What the table and the audit log do not know yet. */
  unsaved: AuditEvent[] | undefined;
}

export function startRedrive(input: RedriveInput): RedriveCourse {
  const { ratePerSecond, budget, canary, ramp, total, carried } = input;
  return {
    input,
    ...{ ratePerSecond, budget, canary, ramp, total },
    state: canary > 0 ? 'canary' : 'running',
    sent: 0,
    step: 0,
    ...carried,
    unsaved: [],
  };
}

export const isOver = ({ state }: RedriveCourse): boolean => state === 'completed' || state === 'aborted';

/** Registers the query and the updates. Call it before the first await. */
export function takeOrders(course: RedriveCourse): void {
  setHandler(redriveProgress, () => progressOf(course));
  const validator = (order: RedriveOrderBy): void => refuseUnlessValid(course, order);
  setHandler(
    pauseRedrive,
    (order) => {
      turn(course, 'paused', 'pause', order, order.reason);
      return progressOf(course);
    },
    { validator },
  );
  setHandler(
    resumeRedrive,
    (order) => {
      turn(course, 'running', 'resume', order);
      restartPace(course);
      return progressOf(course);
    },
    { validator },
  );
  setHandler(
    abortRedrive,
    (order) => {
      turn(course, 'aborted', 'abort', order, order.reason);
      return progressOf(course);
    },
    { validator },
  );
  setHandler(
    setRedriveRate,
    (order) => {
      Object.assign(course, paceOf(course, order));
      turn(course, course.state, 'setRate', order, course.because);
      // A new rate is a new line of due times.
      delete course.dueMs;
      return progressOf(course);
    },
    {
      validator: (order: RateOrder) => {
        validator(order);
        const checked = RedrivePace.safeParse(paceOf(course, order));
        if (!checked.success)
          throw refused(checked.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; '));
      },
    },
  );
}

/** Brings the job into a state and keeps who wanted it, for the table and the audit log. */
export function turn(
  course: RedriveCourse,
  state: RedriveJobState,
  action: string,
  { actor, reason }: RedriveOrderBy,
  because?: string,
): void {
  course.state = state;
  if (because === undefined) delete course.because;
  else course.because = because;
  const { tenantId, jobId } = course.input;
  const atMs = Date.now();
  const { ratePerSecond, budget, sent } = course;
  (course.unsaved ??= []).push({
    ...{ tenantId, atMs, actor, reason },
    eventId: `${workflowInfo().workflowId}/${action}/${atMs}`,
    action: `redrive.${action}`,
    subject: `redrive:${jobId}`,
    details: { sent, ...(action === 'setRate' && { ratePerSecond, budget }) },
  });
}

export function restartPace(course: RedriveCourse): void {
  course.step = 0;
  delete course.dueMs;
}

export const progressOf = (course: RedriveCourse): RedriveProgress => {
  const { state, because, total, sent, ratePerSecond, budget, canary, ramp } = course;
  return {
    state,
    total,
    sent,
    ratePerSecond,
    budget,
    canary,
    ramp,
    ...(because !== undefined && { because }),
  };
};

const paceOf = (
  course: RedriveCourse,
  { ratePerSecond = course.ratePerSecond, budget = course.budget }: Partial<RedrivePace>,
): RedrivePace => ({ ratePerSecond, budget });

/** Orders made by hand in Temporal UI come in any shape. */
function refuseUnlessValid(course: RedriveCourse, order: unknown): void {
  const { actor, reason } = (order ?? {}) as Partial<RedriveOrderBy>;
  if (isOver(course)) throw refused(`the job is ${course.state}`);
  if (!filled(actor)) throw refused('actor: who decides is missing');
  if (!filled(reason)) throw refused('reason: why is missing');
}

const filled = (text: unknown): boolean => typeof text === 'string' && text.trim() !== '';

const refused = (message: string): ApplicationFailure =>
  ApplicationFailure.create({ type: 'DecisionRefused', message, nonRetryable: true });
