/** Telling the world where a write stands: search attributes and details for Temporal UI, the projection for lists. */
import {
  CancellationScope,
  log,
  patched,
  proxyActivities,
  proxyLocalActivities,
  setCurrentDetails,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import type { IntakeActivities } from '../../activities/contracts.js';
import { taskQueues } from '../messages.js';
import { attributeKeys } from '../search-attributes.js';
import { areRecorded, identityOf, progressOf, type WriteCourse } from './course.js';

/**
 * By the worker that holds the workflow already: the row is there within milliseconds also when hundreds park at once and
 * the queue of activities is long, and it costs one event in the place of six.
 */
const { projectWrite: projectHere } = proxyLocalActivities<Pick<IntakeActivities, 'projectWrite'>>({
  startToCloseTimeout: '3 s',
  retry: { maximumAttempts: 1 },
});

/** For when our database does not answer at once: waiting for it by retries costs no events here. */
const { projectWrite } = proxyActivities<Pick<IntakeActivities, 'projectWrite'>>({
  taskQueue: taskQueues.core,
  startToCloseTimeout: '10 s',
  // The database may be away for a while; after an hour the next announcement tries again.
  scheduleToCloseTimeout: '1 hour',
  retry: { initialInterval: '1 s', maximumInterval: '30 s' },
});

const { projectWrite: projectForSure } = proxyActivities<Pick<IntakeActivities, 'projectWrite'>>({
  taskQueue: taskQueues.core,
  startToCloseTimeout: '10 s',
  retry: { initialInterval: '1 s', maximumInterval: '1 minute' },
});

/** All attributes in one upsert: each call is a history event and a visibility write. */
export function publish(course: WriteCourse): void {
  const { phase, lastError, parkedAtMs, nextAttemptAtMs } = course;
  course.published = true;
  upsertSearchAttributes([
    { key: attributeKeys.state, value: phase },
    { key: attributeKeys.errorClass, value: lastError?.errorClass ?? null },
    { key: attributeKeys.needsHuman, value: phase === 'parked' },
    { key: attributeKeys.attempts, value: course.attempts },
    { key: attributeKeys.revision, value: course.revision },
    { key: attributeKeys.parkedAt, value: dateOrNull(parkedAtMs) },
    { key: attributeKeys.nextAttemptAt, value: dateOrNull(nextAttemptAtMs) },
  ]);
  setCurrentDetails(describe(course));
}

/**
 * Brings the projection up to date. Never throws: a list that lags must not hold up a write, and a later report repairs
 * it. A cancelled write lets a report under way finish, because the next thing it does is to report its own end.
 */
export async function project(course: WriteCourse): Promise<void> {
  try {
    await CancellationScope.nonCancellable(() => report(course, soon));
  } catch {
    log.warn('the projection of a write could not be updated', { phase: course.phase });
  }
}

const soon: IntakeActivities['projectWrite'] = async (write) => {
  if (!patched('project-here')) return projectWrite(write);
  try {
    return await projectHere(write);
  } catch {
    return projectWrite(write);
  }
};

/**
 * Projects the end of a write together with the decision that ended it, for as long as it takes: no later report would
 * bring it to the audit log.
 */
export const projectEnd = (course: WriteCourse): Promise<void> =>
  CancellationScope.nonCancellable(() => report(course, projectForSure));

async function report(course: WriteCourse, send: IntakeActivities['projectWrite']): Promise<void> {
  // A copy: what is accepted while this is under way has not been sent.
  const decisions = [...course.unrecorded];
  const projected = await send({
    identity: identityOf(course),
    progress: progressOf(course),
    ...(decisions.length > 0 && { decisions }),
  });
  areRecorded(course, decisions);
  if (projected) course.secondPerson = projected.secondPerson;
}

/** `project` beside the main line, which must stay free to take a decision. */
export function projectMeanwhile(course: WriteCourse): void {
  void project(course);
}

const dateOrNull = (ms: number | undefined): Date | null => (ms === undefined ? null : new Date(ms));

function describe({
  phase,
  attempts,
  revision,
  lastError,
  parkedAtMs,
  nextAttemptAtMs,
}: WriteCourse): string {
  const iso = (ms: number): string => new Date(ms).toISOString();
  return [
    `**${phase}** after ${attempts} attempts, revision ${revision}`,
    lastError && `Last error: ${lastError.errorClass}: ${lastError.message} (${iso(lastError.atMs)})`,
    nextAttemptAtMs !== undefined && `Next attempt: ${iso(nextAttemptAtMs)}`,
    parkedAtMs !== undefined && `Parked since ${iso(parkedAtMs)}. Send \`resolve\` or \`redrive\`.`,
  ]
    .filter(Boolean)
    .join('\n\n');
}
