/**
 * A named job that retries many parked writes: a few first, then in batches at a rate that can be changed while it runs.
 * It can be paused, resumed and aborted within a second, pauses by itself when what was broken still is, and goes on at
 * its cursor after anything that kills a worker. Every write it told gets a result from the projection.
 */
import {
  allHandlersFinished,
  condition,
  continueAsNew,
  proxyActivities,
  workflowInfo,
} from '@temporalio/workflow';
import type { ItemCounts, RedriveActivities } from '../activities/redrive-contracts.js';
import { goesWrong, nextBatch, type Batch } from '../domain/redrive.js';
import { taskQueues } from './messages.js';
import type { RedriveInput, RedriveProgress } from './redrive-messages.js';
import {
  isOver,
  progressOf,
  restartPace,
  startRedrive,
  takeOrders,
  turn,
  type RedriveCourse,
} from './redrive/course.js';

/** Our own database and Temporal itself: both come back. A batch takes half a second and is repeated after a kill. */
const { sendRedriveBatch, countRedrive, saveRedrive } = proxyActivities<RedriveActivities>({
  taskQueue: taskQueues.core,
  startToCloseTimeout: '20 s',
  heartbeatTimeout: '5 s',
  retry: { initialInterval: '250 ms', maximumInterval: '10 s' },
});

/** Who stops a job when no person does. */
const HERMES = 'hermes';
/** Events of about two hundred batches. */
const LONG_HISTORY_EVENTS = 2_000;
/** The canaries get so long to land or park again. */
const CANARY_WITHIN_MS = 120_000;
/**
 * While enough are under way, results are looked for this often: a look costs Temporal as much as a write does, and what is
 * under way lasts for longer.
 */
const LOOK_AGAIN_MS = 1_000;
/** Longest wait between two looks at whether the next write is due. */
const MAX_NAP_MS = 5_000;
/** Results are waited for, at growing intervals, for so long; what then still retries is left to itself. */
const SETTLE_WITHIN_MS = 900_000;

export async function redrive(input: RedriveInput): Promise<RedriveProgress> {
  const course = startRedrive(input);
  takeOrders(course);
  if (course.state === 'canary') await sendCanaries(course);
  await sendAll(course);
  await settle(course);
  await save(course);
  await condition(allHandlersFinished);
  return progressOf(course);
}

/** Tells the first few and waits for them. One that does not land pauses the job. */
async function sendCanaries(course: RedriveCourse): Promise<void> {
  const count = Math.min(course.canary, course.budget ?? Infinity);
  let counts = await send(course, { count, intervalMs: 0 });
  const deadlineMs = Date.now() + CANARY_WITHIN_MS;
  for (
    let waitMs = 100;
    course.state === 'canary' && counts.underWay > 0 && Date.now() < deadlineMs;
    waitMs *= 2
  ) {
    await condition(() => course.state !== 'canary', Math.min(waitMs, 5_000));
    counts = await countRedrive(course.input);
  }
  if (course.state !== 'canary') return;
  const { parkedAgain } = counts.fares;
  const bad = parkedAgain + counts.waiting + counts.underWay;
  if (bad > 0) {
    const because = `${bad} of the first ${course.sent} did not land`;
    turn(course, 'paused', 'pause', { actor: HERMES, reason: because }, because);
  } else turn(course, 'running', 'ramp', { actor: HERMES, reason: `the first ${course.sent} are through` });
}

async function sendAll(course: RedriveCourse): Promise<void> {
  let underWay = 0;
  for (let open = Infinity; open > 0;) {
    if (course.unsaved) await save(course);
    if (isOver(course)) return;
    if (course.state === 'paused') {
      await condition(() => course.state !== 'paused' || course.unsaved !== undefined);
      continue;
    }
    if (course.budget !== null && course.sent >= course.budget) {
      const because = `the budget of ${course.budget} is used up`;
      turn(course, 'paused', 'pause', { actor: HERMES, reason: because }, because);
      continue;
    }
    const counts = await send(course, withinBudget(course, nextBatch(course, course.step, underWay)));
    course.step += 1;
    ({ open, underWay } = counts);
    if (open > 0 && course.state === 'running' && goesWrong(counts.fares)) {
      const because = `${counts.fares.parkedAgain} of the last ${counts.fares.settled} parked again`;
      turn(course, 'paused', 'pause', { actor: HERMES, reason: because }, because);
      restartPace(course);
    }
    if (workflowInfo().historyLength > LONG_HISTORY_EVENTS) await startAfresh(course);
  }
}

const withinBudget = ({ budget, sent }: RedriveCourse, { count, intervalMs }: Batch): Batch => ({
  count: Math.min(count, (budget ?? Infinity) - sent),
  intervalMs,
});

/** An empty batch waits a little: everything that may be under way is. */
async function send(course: RedriveCourse, { count, intervalMs }: Batch): Promise<ItemCounts> {
  const { tenantId, jobId, actor, reason } = course.input;
  if (count < 1) {
    await condition(() => isOver(course), LOOK_AGAIN_MS);
    return countRedrive({ tenantId, jobId });
  }
  const { dueMs } = course;
  const batch = await sendRedriveBatch({
    tenantId,
    order: { jobId, actor, reason },
    ...{ count, intervalMs },
    ...(dueMs !== undefined && { dueMs }),
  });
  course.sent += batch.sent;
  // An order that came meanwhile has begun a new line of due times.
  if (course.dueMs === dueMs && batch.dueMs !== undefined) course.dueMs = batch.dueMs;
  if (batch.isEarly)
    await condition(() => course.unsaved !== undefined, Math.min(intervalMs / 2, MAX_NAP_MS));
  return batch.counts;
}

/** Everything is told; now the results come in. */
async function settle(course: RedriveCourse): Promise<void> {
  if (isOver(course)) return;
  course.state = 'settling';
  await save(course);
  const deadlineMs = Date.now() + SETTLE_WITHIN_MS;
  // Growing slowly: whoever watches hears of the end at most a quarter later than it came.
  for (let waitMs = 250; Date.now() < deadlineMs; waitMs *= 1.25) {
    const { underWay, waiting } = await countRedrive(course.input);
    if (underWay + waiting === 0) break;
    if (await condition(() => isOver(course), Math.min(waitMs, 15_000))) return;
  }
  turn(course, 'completed', 'finish', { actor: HERMES, reason: `all ${course.sent} were told to try again` });
}

async function save(course: RedriveCourse): Promise<void> {
  const { state, because = null, ratePerSecond, budget } = course;
  const { tenantId, jobId } = course.input;
  const events = course.unsaved ?? [];
  course.unsaved = undefined;
  await saveRedrive({ tenantId, job: { jobId, state, because, ratePerSecond, budget }, events });
}

async function startAfresh(course: RedriveCourse): Promise<never> {
  if (course.unsaved) await save(course);
  await condition(allHandlersFinished);
  const { state, because, sent, step, dueMs, ratePerSecond, budget } = course;
  return continueAsNew<typeof redrive>({
    ...course.input,
    ...{ ratePerSecond, budget },
    carried: {
      ...{ state, sent, step },
      ...(because !== undefined && { because }),
      ...(dueMs !== undefined && { dueMs }),
    },
  });
}
