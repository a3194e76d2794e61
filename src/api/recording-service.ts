/** The recorder of the edge as its settings want it: where recordings are kept, who lists them, when they are swept out. */
import { join } from 'node:path';
import type { Pool } from 'pg';
import type { Cipher } from '../config/cipher.js';
import type { Config } from '../config/schema.js';
import { recordingsBefore } from '../db/old-recordings.js';
import { noteRecordingBegan, noteRecordingDeleted, noteRecordingStored } from '../db/recordings.js';
import type { Logger } from '../telemetry/logger.js';
import type { KeyWrap, RecordingCatalogue } from '../voice/recording/contract.js';
import { openRecorder, type Recorder } from '../voice/recording/recorder.js';
import { recordingStoreOf } from './recording-store.js';
import { sweepRecordings } from './recording-sweep.js';
import type { Closing } from './shutdown.js';

export interface RecordingServiceDeps {
  config: Config;
  pool: Pool;
  logger: Logger;
  cipher: Cipher;
  closing: Closing;
}

/** Seals the keys of single recordings under the key of the process; the sealed form names that key by its id. */
export const keyWrapOf = (cipher: Cipher): KeyWrap => ({
  seal: (key, context) => cipher.seal(Buffer.from(key).toString('base64'), context),
  open: (sealed, context) => Buffer.from(cipher.open(sealed, context), 'base64'),
});

const catalogueIn = (pool: Pool): RecordingCatalogue => ({
  began: (recording) => noteRecordingBegan(pool, recording),
  finished: (recording) => noteRecordingStored(pool, recording),
  erased: (tenantId, callId, by) => noteRecordingDeleted(pool, tenantId, callId, by),
});

/**
 * Opens the recorder and takes up what an earlier process left. To be opened after the journal, whose lock says that no
 * other process uses this data directory.
 * @returns undefined when nothing is to be recorded.
 * @throws Error when a setting of `neededToRecord` is missing; the system's error when the directory cannot be made.
 */
export async function openRecordings(deps: RecordingServiceDeps): Promise<Recorder | undefined> {
  const { config, pool, logger, closing } = deps;
  if (config.HERMES_RECORDING === 'off') return undefined;
  const recorder = await openRecorder({
    directory: join(config.HERMES_DATA_DIR, 'recordings'),
    keys: keyWrapOf(deps.cipher),
    store: recordingStoreOf(config),
    mostSpoolBytes: config.HERMES_RECORDING_SPOOL_MB * 1_000_000,
    catalogue: catalogueIn(pool),
    logger,
    nowMs: () => performance.now(),
    epochMs: Date.now,
  });
  closing.add('recordings', 500, () => recorder.close(400));
  const days = config.HERMES_RECORDING_RETENTION_DAYS;
  if (days === undefined) return recorder;
  const sweep = sweepRecordings({
    days,
    old: (beforeMs, limit) => recordingsBefore(pool, beforeMs, limit),
    erase: (tenantId, callId) => recorder.erase(tenantId, callId, 'retention'),
    logger,
    epochMs: Date.now,
  });
  closing.add('recording sweep', 100, sweep.close);
  return recorder;
}
