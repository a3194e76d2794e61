/** Collecting the facts of a call until it is over, in whatever order and however often they arrive. */
import { condition, log, setHandler } from '@temporalio/workflow';
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

export interface Listening {
  phase: IntakePhase;
  readonly turns: Map<number, Turn>;
  /** Workflow time of the last news of this call. */
  heardAtMs: number;
  /** When the socket vanished: by the edge's clock, and by ours (deliveries may be late). */
  lost?: { atMs: number; noticedAtMs: number };
  ended?: { reason: EndReason; atMs: number; lastTurn: number };
}

/** Registers the signals. Call it before the first await. */
export function listen(): Listening {
  const call: Listening = { phase: 'listening', turns: new Map(), heardAtMs: Date.now() };
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

/** Waits for the end: said by the edge, by the reconnect window, or by long silence. */
export async function untilOver(
  call: Listening,
  { reconnectWindowMs, idleLimitMs }: Pick<CallIntakeInput, 'reconnectWindowMs' | 'idleLimitMs'>,
): Promise<{ reason: EndReason; atMs: number }> {
  // The timer is set once per deadline, not once per turn: when it fires early it is set again for what is left.
  while (!call.ended) {
    const wasLost = call.lost;
    const deadlineMs = wasLost ? wasLost.noticedAtMs + reconnectWindowMs : call.heardAtMs + idleLimitMs;
    const leftMs = deadlineMs - Date.now();
    if (leftMs <= 0)
      return wasLost ? { reason: 'dropped', atMs: wasLost.atMs } : { reason: 'idle', atMs: call.heardAtMs };
    await condition(() => call.ended !== undefined || call.lost !== wasLost, leftMs);
  }
  const { lastTurn, reason, atMs } = call.ended;
  await condition(() => hasAll(call, lastTurn), MISSING_TURNS_MS);
  if (!hasAll(call, lastTurn))
    log.warn('a call is finished with turns missing', { lastTurn, received: call.turns.size });
  return { reason, atMs };
}

const hasAll = ({ turns }: Listening, lastTurn: number): boolean => {
  for (let number = 1; number <= lastTurn; number++) if (!turns.has(number)) return false;
  return true;
};
