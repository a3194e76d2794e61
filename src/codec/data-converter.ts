import { join } from 'node:path';
import type { DataConverter } from '@temporalio/common';
import type { Logger } from '../telemetry/logger.js';
import { createKeyRing, type PayloadKey } from './key-ring.js';
import { createPayloadCodec } from './payload-codec.js';
import { logUnread } from './unread.js';

/** For the workflow bundle, which must hold the same converter as its clients and workers. */
export const failureConverterPath = join(import.meta.dirname, 'failure-converter.ts');

/** How everything is written that goes to Temporal; the same for every client and worker of an installation. */
export interface SealedConverter extends DataConverter {
  failureConverterPath: string;
  payloadCodecs: [ReturnType<typeof createPayloadCodec>];
}

/** @param keys newest first. @throws RangeError when they make no ring. */
export function createDataConverter(keys: readonly PayloadKey[], logger: Logger): SealedConverter {
  const onUnread = logUnread(logger, () => performance.now());
  return { failureConverterPath, payloadCodecs: [createPayloadCodec(createKeyRing(keys), onUnread)] };
}
