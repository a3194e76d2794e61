import { createDataConverter } from '../../src/codec/data-converter.js';
import type { PayloadKey } from '../../src/codec/key-ring.js';
import { silentLogger } from './log.js';

/** A key for tests and for the sealed histories in test/histories: no secret. */
export const testPayloadKey: PayloadKey = {
  id: 'test-1',
  secret: Buffer.from('hermes test payload key, 32 byte'),
};

/** What every client, worker and replay in the tests reads and writes with, as in production. */
export const testDataConverter = createDataConverter([testPayloadKey], silentLogger);
