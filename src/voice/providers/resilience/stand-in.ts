import type { Logger } from '../../../telemetry/logger.js';
import type { ProviderError, SpeechToText, TextToSpeech } from '../../ports.js';

/** An engine that is opened beside the calls: they do without it until it is ready. */
export interface StandIn<T> {
  /** Null while it is being opened, and where there is none. */
  engine: () => T | null;
  /** Waits for the opening and closes what came of it. */
  close: () => Promise<void>;
}

/**
 * @param opening an engine that cannot be had is logged and never waited for.
 * @param onReady it can be used from now on.
 */
export function standIn<T extends SpeechToText | TextToSpeech>(
  stage: ProviderError['stage'],
  opening: Promise<T | null>,
  logger: Logger,
  onReady: () => void = () => undefined,
): StandIn<T> {
  let engine: T | null = null;
  const opened = opening
    .then((ready) => {
      engine = ready;
      if (!ready) return;
      logger.info({ stage, engine: ready.name }, 'an engine stands by');
      onReady();
    })
    .catch((err: unknown) => logger.warn({ stage, err }, 'no engine stands by'));
  return {
    engine: () => engine,
    async close() {
      await opened;
      await engine?.close();
    },
  };
}
