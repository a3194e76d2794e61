import { ProviderError, type CallHeader } from '../ports.js';
import type { CallDeps } from './call-deps.js';
import { failureNotices } from './phrases.js';

/** Where everything that goes wrong in a call is counted, logged and, when the caller misses something, told. */
export interface Trouble {
  /** A provider failed and something took its place. `counted`: this turn is already in the error figures. */
  providerFailed(error: unknown, counted?: boolean): void;
  /** A defect of ours; the call goes on. */
  defect(error: unknown): void;
  /** Audio came, but nobody here can hear. Told once. */
  deaf(): void;
}

export function createTrouble(
  { timing, logger, link }: Pick<CallDeps, 'timing' | 'logger' | 'link'>,
  { tenantId, callId }: CallHeader,
): Trouble {
  let deafnessTold = false;
  return {
    providerFailed(error, counted = false) {
      if (!counted) timing.recordError(tenantId);
      logger.warn({ err: error, callId }, 'a provider failed, the call goes on');
      const notice = error instanceof ProviderError ? failureNotices[error.stage] : undefined;
      if (notice) link.send({ type: 'error', code: 'provider_failed', ...notice });
    },
    defect(error) {
      timing.recordError(tenantId);
      logger.error({ err: error, callId }, 'a call hit a defect and goes on');
    },
    deaf() {
      if (deafnessTold) return;
      deafnessTold = true;
      link.send({ type: 'error', code: 'no_speech_engine', ...failureNotices.deaf });
    },
  };
}
