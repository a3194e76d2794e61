import type { CallId } from '../../domain/ids.js';
import type { CallSession } from './call-deps.js';

/** The live calls of this process. Transports admit calls here; readiness and shutdown read it. */
export interface CallRegistry {
  readonly size: number;
  readonly hasRoom: boolean;
  /** Whether this call is on the line here. */
  has(callId: CallId): boolean;
  /**
   * Takes a call in until it has finished.
   * @param create makes the session; only called when there is room.
   * @returns null when the process is full or shutting down, or the call is already here.
   */
  admit(callId: CallId, create: () => CallSession): CallSession | null;
  /** Whether a caller whose line broke is waited for: of this call, or of any. */
  isAway(callId?: CallId): boolean;
  /** This call, when its caller is waited for: `back` takes it up again. */
  waiting(callId: CallId): CallSession | null;
  /**
   * No further call is admitted; every live call loses its line in a way that can be taken up again, and resolves when
   * each has its end in the journal, or after `deadlineMs`.
   */
  closeAll(deadlineMs: number): Promise<void>;
}

/** @param maxCalls calls this process takes at once (HERMES_MAX_CALLS). */
export function createCallRegistry({ maxCalls }: { maxCalls: number }): CallRegistry {
  const live = new Map<CallId, CallSession>();
  let closing = false;
  const registry: CallRegistry = {
    get size() {
      return live.size;
    },
    get hasRoom() {
      return !closing && live.size < maxCalls;
    },
    has: (callId) => live.has(callId),
    admit(callId, create) {
      if (!registry.hasRoom || live.has(callId)) return null;
      const call = create();
      live.set(callId, call);
      void call.finished.then(() => live.delete(callId));
      return call;
    },
    isAway(callId) {
      if (callId !== undefined) return registry.waiting(callId) !== null;
      return [...live.values()].some((call) => call.isAway);
    },
    waiting(callId) {
      const call = closing ? undefined : live.get(callId);
      return call?.isAway === true ? call : null;
    },
    async closeAll(deadlineMs) {
      closing = true;
      const calls = [...live.values()];
      for (const call of calls) call.dropped('shutdown');
      let timer: NodeJS.Timeout | undefined;
      const deadline = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, deadlineMs);
      });
      await Promise.race([Promise.all(calls.map((call) => call.finished)), deadline]);
      clearTimeout(timer);
    },
  };
  return registry;
}
