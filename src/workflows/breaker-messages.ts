/** What is said to the workflow of a breaker. Safe to import outside the sandbox. */
import { defineQuery, defineSignal } from '@temporalio/workflow';
import { TypedSearchAttributes } from '@temporalio/common';
import type { ErrorClass } from '../domain/failures.js';
import { breakerWorkflowId, type TenantId } from '../domain/ids.js';
import { systemOfLane, type Lane } from '../domain/writes.js';
import { taskQueues } from './messages.js';
import { attributeKeys } from './search-attributes.js';

/** One lane of one firm. The field keeps the name it had when every lane was a system. */
export interface BreakerInput {
  tenantId: TenantId;
  system: Lane;
  /** Set by the workflow itself when it continues as new. */
  carried?: BreakerCourse;
}

/** Where the breaker's workflow stands. */
export interface BreakerCourse {
  /** `waiting` until the next canary, `probing` while one is out, `waking` the writes that waited, `over`. */
  phase: 'waiting' | 'probing' | 'waking' | 'over';
  epoch: number;
  /** Until the next canary, milliseconds. */
  waitMs: number;
  /** Why the writes wait that are to be woken. */
  causes: ErrorClass[];
  /** How far the ramp has come. */
  step: number;
  /** Writes told to go on since the last opening. */
  woken: number;
}

/** The system fell silent, or its canary found it so still. */
export const breakerOpened = defineSignal<[{ epoch: number; waitMs: number }]>('opened');
/** The canary was answered. */
export const breakerClosed = defineSignal<[{ epoch: number }]>('closed');
/** The firm has connected the system anew: what was parked for want of credentials may go on. */
export const systemReconnected = defineSignal('reconnected');
export const breakerState = defineQuery<BreakerCourse>('state');

/** How a breaker's workflow is started, by whoever first has something to tell it. */
export const breakerStart = (tenantId: TenantId, system: Lane) => ({
  workflowId: breakerWorkflowId(tenantId, system),
  taskQueue: taskQueues.core,
  args: [{ tenantId, system }],
  // Before everything else: a step of it frees many.
  priority: { priorityKey: 1, fairnessKey: tenantId },
  staticSummary: `Breaker of ${system}`,
  typedSearchAttributes: new TypedSearchAttributes([
    { key: attributeKeys.tenant, value: tenantId },
    { key: attributeKeys.system, value: systemOfLane(system) },
  ]),
});
