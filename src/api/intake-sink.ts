import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { type SignalDefinition, TypedSearchAttributes } from '@temporalio/common';
import type { Pool } from 'pg';
import { endCall } from '../db/calls.js';
import { intakeWorkflowId } from '../domain/ids.js';
import type { LadderPolicy } from '../domain/ladder.js';
import type { Turn } from '../domain/turn.js';
import type { Logger } from '../telemetry/logger.js';
import type { CallHeader, IntakeSink, JournalEvent } from '../voice/ports.js';
import {
  callEnded,
  type CallIntakeInput,
  connectionLost,
  connectionRestored,
  taskQueues,
  turnsRecorded,
  workflowTypes,
} from '../workflows/messages.js';
import { attributeKeys } from '../workflows/search-attributes.js';
import type { CallFirms } from './call-firms.js';

export interface IntakeSinkDeps {
  temporal: Client;
  pool: Pool;
  firms: CallFirms;
  logger: Logger;
  reconnectWindowMs: number;
  idleLimitMs: number;
  ladder: LadderPolicy;
}

/** The journal tries again, so a slow answer need not be waited for. */
const RPC_DEADLINE_MS = 5_000;

/**
 * Hands journalled events to the call's workflow, starting it with the first. Signals are idempotent by turn number, so
 * events may come twice. A workflow that is already over has made its record: it is never started a second time, and
 * what comes late counts as delivered.
 */
export function createIntakeSink(deps: IntakeSinkDeps): IntakeSink {
  return {
    async deliver(call, events) {
      const input = await intakeInput(deps, call);
      for (const message of messagesOf(events)) {
        if (!(await say(deps.temporal, input, message))) {
          deps.logger.info({ callId: call.callId }, 'the intake was over before these events came');
          break;
        }
      }
      await noteEnd(deps, call, events);
    },
  };
}

interface Message {
  signal: string;
  args: unknown[];
}
/** Checks the arguments against the signal's definition. */
const said = <A extends unknown[]>(signal: SignalDefinition<A>, ...args: A): Message => ({
  signal: signal.name,
  args,
});

async function intakeInput(
  deps: IntakeSinkDeps,
  { tenantId, callId, startedAtMs }: CallHeader,
): Promise<CallIntakeInput> {
  const { reconnectWindowMs, idleLimitMs, ladder } = deps;
  const facts = await deps.firms.of(tenantId, callId);
  return { tenantId, callId, startedAtMs, ...facts, reconnectWindowMs, idleLimitMs, ladder };
}

/** The events as signals, in order; turns in a row become one. */
function messagesOf(events: readonly JournalEvent[]): Message[] {
  const messages: Message[] = [];
  let turns: Turn[] = [];
  const sayTurns = (): void => {
    if (turns.length > 0) messages.push(said(turnsRecorded, turns));
    turns = [];
  };
  for (const event of events) {
    if (event.kind === 'turn') {
      turns.push(event.turn);
      continue;
    }
    sayTurns();
    if (event.kind === 'connection_lost') messages.push(said(connectionLost, { atMs: event.atMs }));
    else if (event.kind === 'connection_restored')
      messages.push(said(connectionRestored, { atMs: event.atMs }));
    else messages.push(said(callEnded, { reason: event.reason, atMs: event.atMs, lastTurn: event.lastTurn }));
  }
  sayTurns();
  return messages;
}

/** @returns false when the workflow is already over. */
async function say(temporal: Client, input: CallIntakeInput, { signal, args }: Message): Promise<boolean> {
  const { tenantId, callId } = input;
  try {
    await temporal.withDeadline(Date.now() + RPC_DEADLINE_MS, () =>
      temporal.workflow.signalWithStart(workflowTypes.callIntake, {
        workflowId: intakeWorkflowId(tenantId, callId),
        taskQueue: taskQueues.core,
        args: [input],
        signal,
        signalArgs: args,
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        staticSummary: `Intake of ${callId}`,
        typedSearchAttributes: new TypedSearchAttributes([
          { key: attributeKeys.tenant, value: tenantId },
          { key: attributeKeys.call, value: callId },
        ]),
        priority: { fairnessKey: tenantId },
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
    throw error;
  }
}

/** Lets lists show the end at once. The intake notes it too, so a database that is away holds nothing up. */
async function noteEnd(
  { pool, logger }: IntakeSinkDeps,
  call: CallHeader,
  events: readonly JournalEvent[],
): Promise<void> {
  const end = events.find((event) => event.kind === 'ended');
  if (!end) return;
  await endCall(pool, call.tenantId, call.callId, end).catch((error: unknown) =>
    logger.warn({ err: error, callId: call.callId }, 'the end of a call is not noted in the database yet'),
  );
}
