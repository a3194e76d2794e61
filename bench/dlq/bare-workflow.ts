/**
 * The shape of a redriven write and nothing of its work: the same commands in the same order with payloads of the same
 * size, over activities that do nothing. `shape.ts` compares the two histories.
 */
import {
  condition,
  defineSignal,
  patched,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import type { PerformWriteInput } from '../../src/activities/contracts.js';
import type { ExternalWriteInput } from '../../src/workflows/messages.js';
import { attributeKeys } from '../../src/workflows/search-attributes.js';

/** As `performWrite` is told and as it answers; a refusal the first time. */
export interface BareActivities {
  attempt(input: BareAttempt): Promise<{ receipt: object; attempts: number }>;
}
type BareAttempt = Omit<PerformWriteInput, 'decisions'> & { decisions?: object[] };
export interface BareInput extends ExternalWriteInput {
  workflowId: string;
  /** Task queue of the attempts. */
  outside: string;
}

const go = defineSignal<[unknown?]>('redrive');
const { told } = proxyLocalActivities<{ told(row: object): Promise<object> }>({ startToCloseTimeout: '3 s' });
const PARKED = '24 hours';

export async function bareWrite({ workflowId, request, ladder, outside }: BareInput): Promise<object> {
  const { attempt } = proxyActivities<BareActivities>({
    taskQueue: outside,
    startToCloseTimeout: '60 s',
    heartbeatTimeout: '10 s',
  });
  let order: unknown;
  setHandler(go, (given = {}) => {
    order = given;
  });
  const input = { workflowId, request, revision: 0, fastMaxMs: ladder.fastMaxMs };
  await attempt({ ...input, attemptsBefore: 0 }).catch(() => undefined);
  tell('parked', 0);
  if (patched('same-shape')) void told({ workflowId, state: 'parked', atMs: Date.now() });
  await condition(() => order !== undefined, PARKED);
  tell('retrying', 1);
  const decisions = [{ order, atMs: Date.now(), workflowId }];
  const done = await attempt({ ...input, attemptsBefore: 1, revision: 1, decisions });
  tell('done', 1);
  return { status: 'done', ...done };
}

/** As many attributes as a write has. */
function tell(state: string, revision: number): void {
  const isParked = state === 'parked';
  upsertSearchAttributes([
    { key: attributeKeys.state, value: state },
    { key: attributeKeys.errorClass, value: isParked ? 'invalid' : null },
    { key: attributeKeys.needsHuman, value: isParked },
    { key: attributeKeys.attempts, value: 1 + revision },
    { key: attributeKeys.revision, value: revision },
    { key: attributeKeys.parkedAt, value: isParked ? new Date() : null },
    { key: attributeKeys.nextAttemptAt, value: null },
  ]);
}
