/** What sealing costs: a write that lands at once has five payloads sealed and four opened, most under a kilobyte. */
import { randomBytes } from 'node:crypto';
import { defaultPayloadConverter } from '@temporalio/common';
import { createKeyRing } from '../../src/codec/key-ring.js';
import { labelOf, open, seal } from '../../src/codec/sealed-payload.js';
import type { Subject } from './measure.js';

/** A contact to be made, and the note of a long call. */
const sizes = { '400 B': 400, '16 kB': 16_000 };

export function payloads(): Subject[] {
  const ring = createKeyRing([{ id: 'bench', secret: randomBytes(32) }]);
  return Object.entries(sizes).flatMap(([name, bytes]) => {
    const payload = defaultPayloadConverter.toPayload({ detail: 'x'.repeat(bytes) });
    const sealed = seal(ring, payload, 'acme');
    const label = labelOf(sealed);
    if (!label) throw new Error('a sealed payload has a label');
    return [
      { name: `payload of ${name}, sealed`, times: 5_000, op: () => void seal(ring, payload, 'acme') },
      { name: `payload of ${name}, opened`, times: 5_000, op: () => void open(ring, sealed, label) },
    ];
  });
}
