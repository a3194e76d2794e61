import { ProviderError, type CallHeader } from '../ports.js';
import type { CallDeps } from './call-deps.js';
import { failureNotices } from './phrases.js';

type Stage = ProviderError['stage'];

/** Where everything that goes wrong in a call is counted, logged and, when the caller misses something, told. */
export interface Trouble {
  /**
   * A provider failed and something took its place. The caller is told once per trouble: again only after `works`.
   * @param counted this turn is already in the error figures.
   * @returns whether this is news: false while the same trouble goes on.
   */
  providerFailed(error: unknown, counted?: boolean): boolean;
  /** The stage did its work again. */
  works(stage: Stage): void;
  /** A defect of ours; the call goes on. */
  defect(error: unknown): void;
  /** Audio came, but nobody here can hear. Told once. */
  deaf(): void;
}

/** @param onVoiceless a reply, or what was left of it, could not be spoken. */
export function createTrouble(
  { timing, logger, link }: Pick<CallDeps, 'timing' | 'logger' | 'link'>,
  { tenantId, callId }: CallHeader,
  onVoiceless: () => void = () => undefined,
): Trouble {
  let deafnessTold = false;
  const told = new Set<Stage>();
  return {
    providerFailed(error, counted = false) {
      if (!counted) timing.recordError(tenantId);
      logger.warn({ err: error, callId }, 'a provider failed, the call goes on');
      if (!(error instanceof ProviderError)) return true;
      const { stage } = error;
      if (stage === 'tts') onVoiceless();
      if (told.has(stage)) return false;
      told.add(stage);
      const notice = failureNotices[stage];
      if (notice) link.send({ type: 'error', code: 'provider_failed', ...notice });
      return true;
    },
    works: (stage) => void told.delete(stage),
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
