/**
 * Conducts the breaker of one outside system of a firm while it does not answer: waits, lets one canary try, waits longer,
 * and when a canary is answered lets the writes that waited go on, at a ramp. Its row in `breakers` decides who may be
 * sent; this workflow only moves it along, and ends when nobody waits any more.
 */
import {
  allHandlersFinished,
  condition,
  continueAsNew,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  sleep,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { BreakerActivities } from '../activities/contracts.js';
import { CANARY_MS } from '../domain/circuit.js';
import { outageClasses } from '../domain/failures.js';
import {
  breakerClosed,
  breakerOpened,
  breakerState,
  systemReconnected,
  type BreakerCourse,
  type BreakerInput,
} from './breaker-messages.js';
import { taskQueues } from './messages.js';
import { attributeKeys } from './search-attributes.js';

const { startProbe, wakeWaiting } = proxyActivities<BreakerActivities>({
  taskQueue: taskQueues.core,
  startToCloseTimeout: '60 s',
  // Our own database and Temporal itself: they come back, so these never give up.
  retry: { initialInterval: '1 s', maximumInterval: '30 s' },
  // Before everything else: a step of it frees many.
  priority: { priorityKey: 1 },
});

/** A long outage and a long backlog take thousands of steps; each history stays short enough to replay quickly. */
const LONG_HISTORY_EVENTS = 2_000;

export async function breaker(input: BreakerInput): Promise<{ woken: number }> {
  const course: BreakerCourse = input.carried ?? {
    phase: 'over',
    epoch: 0,
    waitMs: 0,
    causes: [],
    step: 0,
    woken: 0,
  };
  listen(course);
  let told: BreakerCourse['phase'] | undefined;
  for (;;) {
    if (told !== course.phase) tell(input, course);
    told = course.phase;
    if (course.phase === 'waiting') await waitAndProbe(input, course);
    else if (course.phase === 'probing') await awaitCanary(course);
    else if (course.phase === 'waking') await wake(input, course);
    else if (!(await hasMore(course))) return { woken: course.woken };
    if (workflowInfo().historyLength > LONG_HISTORY_EVENTS) {
      await condition(allHandlersFinished);
      await continueAsNew<typeof breaker>({ ...input, carried: course });
    }
  }
}

/** Messages of an earlier epoch are late, and change nothing. */
function listen(course: BreakerCourse): void {
  setHandler(breakerState, () => course);
  setHandler(breakerOpened, ({ epoch, waitMs }) => {
    if (epoch < course.epoch || (epoch === course.epoch && course.phase !== 'over')) return;
    Object.assign(course, { phase: 'waiting', epoch, waitMs });
  });
  setHandler(breakerClosed, ({ epoch }) => {
    if (epoch > course.epoch) startWaking(course, epoch);
  });
  setHandler(systemReconnected, () => {
    if (!course.causes.includes('auth')) course.causes.push('auth');
    // In an outage they wait for its end with the others.
    if (course.phase === 'over' || course.phase === 'waking')
      Object.assign(course, { phase: 'waking', step: 0 });
  });
}

function startWaking(course: BreakerCourse, epoch: number): void {
  const causes = [...new Set([...course.causes, ...outageClasses])];
  Object.assign(course, { phase: 'waking', epoch, causes, step: 0 });
}

async function waitAndProbe({ tenantId, system }: BreakerInput, course: BreakerCourse): Promise<void> {
  const { epoch } = course;
  await sleep(course.waitMs);
  const circuit = await startProbe({ tenantId, system, epoch });
  // A message that came meanwhile knows better.
  if (course.epoch !== epoch) return;
  if (circuit.state === 'closed') startWaking(course, circuit.epoch);
  else if (circuit.epoch === epoch) course.phase = 'probing';
  else Object.assign(course, { epoch: circuit.epoch, waitMs: circuit.waitMs });
}

/** The canary's attempt tells by itself; one that never does is followed by another. */
async function awaitCanary(course: BreakerCourse): Promise<void> {
  const told = await condition(() => course.phase !== 'probing', CANARY_MS);
  if (!told) course.phase = 'waiting';
}

async function wake({ tenantId, system }: BreakerInput, course: BreakerCourse): Promise<void> {
  const { epoch, causes, step } = course;
  const { circuit, count, waitMs } = await wakeWaiting({ tenantId, system, causes, step });
  course.woken += count;
  if (course.phase !== 'waking' || course.epoch !== epoch || course.step !== step) return;
  if (circuit.state !== 'closed')
    Object.assign(course, { phase: 'waiting', epoch: circuit.epoch, waitMs: circuit.waitMs });
  else if (count === 0) Object.assign(course, { phase: 'over', causes: [] });
  else {
    // Cut short when the system falls silent again.
    await condition(() => course.phase !== 'waking' || course.epoch !== epoch, waitMs);
    course.step += 1;
  }
}

/** @returns whether a message has come that goes on. */
async function hasMore(course: BreakerCourse): Promise<boolean> {
  await condition(allHandlersFinished);
  return course.phase !== 'over';
}

/** For Temporal UI. */
function tell({ system }: BreakerInput, { phase, epoch, waitMs, woken }: BreakerCourse): void {
  upsertSearchAttributes([{ key: attributeKeys.state, value: phase }]);
  const next = phase === 'waiting' ? `; the next canary goes in ${waitMs / 1_000} s` : '';
  setCurrentDetails(`**${system}**: ${phase}${next}. Epoch ${epoch}; ${woken} writes told to go on.`);
}
