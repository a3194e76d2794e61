/** Where the settings want recordings to be kept. */
import { join } from 'node:path';
import type { ConfigWith } from '../config/load.js';
import type { Config, SettingName } from '../config/schema.js';
import type { RecordingStore } from '../voice/recording/contract.js';
import { createDirectoryStore } from '../voice/recording/stores/directory.js';
import { createS3Store } from '../voice/recording/stores/s3.js';

const s3Settings = [
  'HERMES_RECORDING_S3_BUCKET',
  'HERMES_RECORDING_S3_ACCESS_KEY_ID',
  'HERMES_RECORDING_S3_SECRET_ACCESS_KEY',
] as const;

/** The settings without which recordings cannot be kept as `HERMES_RECORDING` says. */
export const neededToRecord = (config: Config): readonly SettingName[] =>
  config.HERMES_RECORDING === 's3' ? s3Settings : [];

const isComplete = (config: Config): config is ConfigWith<(typeof s3Settings)[number]> =>
  s3Settings.every((name) => config[name] !== undefined);

/** @throws Error when a setting of `neededToRecord` is missing: whoever starts the process has seen to them. */
export function recordingStoreOf(config: Config): RecordingStore {
  if (config.HERMES_RECORDING !== 's3')
    return createDirectoryStore(config.HERMES_RECORDING_DIR ?? join(config.HERMES_DATA_DIR, 'recordings'));
  if (!isComplete(config)) throw new Error(`recordings in S3 need ${s3Settings.join(', ')}`);
  const region = config.HERMES_RECORDING_S3_REGION;
  return createS3Store({
    bucket: config.HERMES_RECORDING_S3_BUCKET,
    accessKeyId: config.HERMES_RECORDING_S3_ACCESS_KEY_ID,
    secretAccessKey: config.HERMES_RECORDING_S3_SECRET_ACCESS_KEY,
    region,
    endpoint: config.HERMES_RECORDING_S3_ENDPOINT ?? `https://s3.${region}.amazonaws.com`,
    pathStyle: config.HERMES_RECORDING_S3_PATH_STYLE,
  });
}
