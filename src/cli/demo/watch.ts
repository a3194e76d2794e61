import type { DeadLetterView, IntakeView, OperatorApi } from '../operator/api.js';

/** How long the demo watches for what should happen within seconds. */
const PATIENCE_MS = 60_000;
const PAUSE_MS = 250;

/** Asks again until the answer is enough or `withinMs` is over; gives the last answer either way. */
export async function askUntil<T>(
  ask: () => Promise<T>,
  isEnough: (answer: T) => boolean,
  withinMs: number,
): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (isEnough(answer) || Date.now() > deadline) return answer;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

/** Waits until the intake and its writes are done. @throws Error after a minute, naming `what`. */
export async function untilDone(api: OperatorApi, callId: string, what: string): Promise<IntakeView> {
  const intake = await askUntil(
    () => api.intake(callId),
    (answer) => answer?.phase === 'done',
    PATIENCE_MS,
  );
  if (intake?.phase !== 'done') throw tooLong(what);
  return intake;
}

/** Waits until a write of the call has parked. @throws Error after a minute. */
export async function untilParked(api: OperatorApi, callId: string): Promise<DeadLetterView[]> {
  const parked = await askUntil(
    async () => (await api.deadLetters()).filter((letter) => letter.call_id === callId),
    (letters) => letters.length > 0,
    PATIENCE_MS,
  );
  if (parked.length === 0) throw tooLong('a write to park');
  return parked;
}

const tooLong = (what: string): Error =>
  new Error(`waited ${PATIENCE_MS / 1_000} s for ${what}; see Temporal UI for why`);
