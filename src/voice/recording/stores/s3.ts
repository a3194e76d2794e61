/** Keeps recordings in an S3-compatible store. */
import { open } from 'node:fs/promises';
import type { RecordingStore } from '../contract.js';
import { S3Client, type S3Options, StoreError } from './s3-client.js';
import { putInParts, readAt } from './s3-parts.js';

/** The smallest part S3 takes, 80 s of a call; it takes 10,000 of them, which is nine days. A smaller file goes whole. */
const PART_BYTES = 5 * 1_048_576;
/** A download that stands still for so long is given up. */
const HALT_MS = 30_000;

export interface S3StoreOptions extends S3Options {
  partBytes?: number;
  haltMs?: number;
}

/** Every method rejects with `StoreError`, or with the reason of its signal. */
export function createS3Store(options: S3StoreOptions): RecordingStore {
  const client = new S3Client(options);
  const partBytes = options.partBytes ?? PART_BYTES;
  return {
    name: 's3',
    async put(key, path, signal) {
      const file = await open(path, 'r');
      try {
        const { size } = await file.stat();
        if (size > partBytes) await putInParts(client, { key, file, size, partBytes, signal });
        else await client.settle({ method: 'PUT', key, body: await readAt(file, 0, size), signal });
      } finally {
        await file.close();
      }
    },
    async get(key, signal) {
      const halt = new AbortController();
      const both = AbortSignal.any([signal, halt.signal]);
      const answer = await client.send({ method: 'GET', key, signal: both });
      return answer.body && answer.status !== 404
        ? moving(answer.body, options.haltMs ?? HALT_MS, () => halt.abort(new Error('the download halts')))
        : null;
    },
    async delete(key, signal) {
      await client.settle({ method: 'DELETE', key, signal });
    },
  };
}

/** The same bytes; `onHalt` when the next ones do not come in time. @throws StoreError when they stop coming. */
async function* moving(
  body: ReadableStream<Uint8Array>,
  haltMs: number,
  onHalt: () => void,
): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  try {
    for (;;) {
      const timer = setTimeout(onHalt, haltMs);
      const { done, value } = await reader.read().finally(() => clearTimeout(timer));
      if (done) return;
      yield value;
    }
  } catch (cause) {
    throw new StoreError('unavailable', 'the store stopped in the middle of a recording', { cause });
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
