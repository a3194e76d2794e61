import type { CallId } from '../../../domain/ids.js';
import type { Logger } from '../../../telemetry/logger.js';

/** A database that is away holds no telephone line. */
const LIMIT_MS = 1_000;

/**
 * Gives `note` a second to write down how a call ended: as soon as the stream is closed somebody asks. Never rejects; a
 * note that fails or comes late is logged.
 */
export async function noteEnd(note: () => Promise<void>, logger: Logger, callId: CallId): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`not noted within ${LIMIT_MS} ms`)), LIMIT_MS);
  });
  try {
    await Promise.race([note(), limit]);
  } catch (error) {
    logger.warn({ err: error, callId }, 'the end of a call was not noted');
  } finally {
    clearTimeout(timer);
  }
}
