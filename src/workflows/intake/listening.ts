/** Collecting the facts of a call until it is over, in whatever order and however often they arrive. */
import { condition, continueAsNew, log, setHandler, workflowInfo } from '@temporalio/workflow';
import type { IntakeRecord } from '../../domain/intake.js';
import type { EndReason, Turn } from '../../domain/turn.js';
import {
  callEnded,
  connectionLost,
  connectionRestored,
  turnsRecorded,
  type CallIntakeInput,
  type IntakePhase,
} from '../messages.js';

/** How long a finished call waits for turns that the edge recorded but has not delivered yet. */
const MISSING_TURNS_MS = 30_000;
/** About five hundred turns. A call may last for days: Temporal ends a history of 51,200 events or 10,000 signals. */
const LONG_HISTORY_EVENTS = 2_000;

export interface Listening {
  phase: IntakePhase;
  readonly turns: Map<number, Turn>;
  /** Workflow time of the last news of this call. */
  heardAtMs: number;
  /** When the socket vanished: by the edge's clock, and by ours (deliveries may be late). */
  lost?: { atMs: number; noticedAtMs: number };
  ended?: { reason: EndReason; atMs: number; lastTurn: number };
}

/** Registers the signals. Call it before the first await. @param carried what was heard in the history before this one. */
export function listen(carried?: CallIntakeInput['carried']): Listening {
  const call: Listening = {
    phase: carried?.lost ? 'dropped' : 'listening',
    turns: new Map(carried?.turns.map((turn) => [turn.number, turn])),
    heardAtMs: carried?.heardAtMs ?? Date.now(),
    ...(carried?.lost && { lost: carried.lost }),
  };
  const over = (): boolean => call.phase !== 'listening' && call.phase !== 'dropped';

  setHandler(turnsRecorded, (turns) => {
    const fresh = turns.filter(({ number }) => !call.turns.has(number));
    if (fresh.length === 0) return;
    if (over()) {
      // They stay in this history; the records are written already.
      log.warn('turns arrived after the call was taken as over', { turns: fresh.length });
      return;
    }
    for (const turn of fresh) call.turns.set(turn.number, turn);
    call.heardAtMs = Date.now();
    // Words spoken after the loss mean that the caller is back; a repeated delivery of older ones does not.
    if (fresh.some(({ atMs }) => atMs >= (call.lost?.atMs ?? 0))) resume(call);
  });
  setHandler(connectionLost, ({ atMs }) => {
    if (over()) return;
    call.lost ??= { atMs, noticedAtMs: Date.now() };
    call.phase = 'dropped';
  });
  setHandler(connectionRestored, () => {
    if (over()) return;
    call.heardAtMs = Date.now();
    resume(call);
  });
  setHandler(callEnded, (end) => {
    if (!over()) call.ended ??= end;
  });
  return call;
}

function resume(call: Listening): void {
  delete call.lost;
  call.phase = 'listening';
}

/**
 * Waits for the end: said by the edge, by the reconnect window, or by long silence. Goes on in a new history when this one
 * has grown long; what was heard goes with it.
 */
export async function untilOver(
  call: Listening,
  input: CallIntakeInput,
): Promise<{ reason: EndReason; atMs: number }> {
  // The timer is set once per deadline, not once per turn: when it fires early it is set again for what is left.
  const { reconnectWindowMs, idleLimitMs } = input;
  while (!call.ended) {
    if (isLong()) await startAfresh(call, input);
    const wasLost = call.lost;
    const deadlineMs = wasLost ? wasLost.noticedAtMs + reconnectWindowMs : call.heardAtMs + idleLimitMs;
    const leftMs = deadlineMs - Date.now();
    if (leftMs <= 0)
      return wasLost ? { reason: 'dropped', atMs: wasLost.atMs } : { reason: 'idle', atMs: call.heardAtMs };
    await condition(() => call.ended !== undefined || call.lost !== wasLost || isLong(), leftMs);
  }
  const { lastTurn, reason, atMs } = call.ended;
  await condition(() => hasAll(call, lastTurn), MISSING_TURNS_MS);
  if (!hasAll(call, lastTurn))
    log.warn('a call is finished with turns missing', { lastTurn, received: call.turns.size });
  return { reason, atMs };
}

const isLong = (): boolean => {
  const { continueAsNewSuggested, historyLength } = workflowInfo();
  return continueAsNewSuggested || historyLength > LONG_HISTORY_EVENTS;
};

/** The handlers never wait, so none is in the middle of its work; signals that are on their way reach the new run. */
const startAfresh = ({ turns, heardAtMs, lost }: Listening, input: CallIntakeInput): Promise<never> =>
  continueAsNew<(input: CallIntakeInput) => Promise<IntakeRecord>>({
    ...input,
    carried: { turns: [...turns.values()], heardAtMs, ...(lost && { lost }) },
  });

const hasAll = ({ turns }: Listening, lastTurn: number): boolean => {
  for (let number = 1; number <= lastTurn; number++) if (!turns.has(number)) return false;
  return true;
};
