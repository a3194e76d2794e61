/** Deletes recordings that are older than the firm's operator wants to keep them, now and every hour. */
import type { CallId, TenantId } from '../domain/ids.js';
import type { Logger } from '../telemetry/logger.js';

export interface SweepDeps {
  days: number;
  /** Recordings that began before an instant and are still kept, at most `limit`, the oldest first. */
  old: (beforeMs: number, limit: number) => Promise<{ tenantId: TenantId; callId: CallId }[]>;
  erase: (tenantId: TenantId, callId: CallId) => Promise<void>;
  logger: Logger;
  epochMs: () => number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const AT_ONCE = 100;

/** Begins at once. Several processes may sweep the same recordings: deleting twice does no harm. */
export function sweepRecordings(deps: SweepDeps): { close: () => Promise<void> } {
  let closed = false;
  let running: Promise<void> = Promise.resolve();
  const round = async (): Promise<void> => {
    try {
      while (!closed && (await sweepSome(deps, () => closed)));
    } catch (err) {
      deps.logger.warn({ err }, 'old recordings are not deleted yet');
    }
  };
  const start = (): void => {
    running = running.then(round);
  };
  const timer = setInterval(start, HOUR_MS);
  start();
  return {
    close: () => {
      closed = true;
      clearInterval(timer);
      return running;
    },
  };
}

/** @returns whether there may be more. @throws the first failure: the rest is tried again at the next round. */
async function sweepSome(
  { days, old, erase, logger, epochMs }: SweepDeps,
  closed: () => boolean,
): Promise<boolean> {
  const found = await old(epochMs() - days * DAY_MS, AT_ONCE);
  for (const { tenantId, callId } of found) {
    if (closed()) return false;
    await erase(tenantId, callId);
    logger.info({ callId, days }, 'a recording is deleted because of its age');
  }
  return found.length === AT_ONCE;
}
