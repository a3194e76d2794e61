/** The plan of a recording's file: what it holds and how much of it is whole, without opening its sound. */
import { open } from 'node:fs/promises';
import { z } from 'zod';
import { CallId, TenantId } from '../../domain/ids.js';
import type { RecordingFacts } from './contract.js';
import {
  CHUNK_HEAD_BYTES,
  CHUNK_OVERHEAD_BYTES,
  chunkBytes,
  isLastChunk,
  openChunk,
  RecordingError,
} from './format.js';
import { type ReadAs, type ReadBytes, readChunk, readKey } from './reader.js';

const Facts = z.object({
  tenantId: TenantId,
  callId: CallId,
  startedAtMs: z.number(),
  consent: z.object({ turn: z.int(), atMs: z.number() }),
}) satisfies z.ZodType<RecordingFacts>;

export interface FilePlan {
  facts: RecordingFacts;
  pcmBytes: number;
  /** The last chunk is there. */
  complete: boolean;
  /** Up to the end of the last whole chunk. */
  wholeBytes: number;
}

/** Walks a file from chunk to chunk without opening the sound. @throws RecordingError, or the system's error. */
export async function planOf(path: string, as: ReadAs): Promise<FilePlan> {
  const file = await open(path, 'r');
  let at = 0;
  const read: ReadBytes = async (count) => {
    const bytes = Buffer.alloc(count);
    const { bytesRead } = await file.read(bytes, 0, count, at);
    at += bytesRead;
    return bytes.subarray(0, bytesRead);
  };
  try {
    const { size } = await file.stat();
    const key = await readKey(read, as);
    const first = await readChunk(read);
    if (!first) throw new RecordingError('not_a_recording', 'the file ends before its facts');
    const facts = Facts.parse(JSON.parse(openChunk(key, 0, first).toString('utf8')));
    const plan: FilePlan = { facts, pcmBytes: 0, complete: false, wholeBytes: at };
    for (;;) {
      const head = await read(CHUNK_HEAD_BYTES);
      if (head.length < CHUNK_HEAD_BYTES) return plan;
      const bytes = chunkBytes(head);
      at += bytes + CHUNK_OVERHEAD_BYTES - CHUNK_HEAD_BYTES;
      if (at > size) return plan;
      plan.pcmBytes += bytes;
      plan.wholeBytes = at;
      if (isLastChunk(head)) return { ...plan, complete: true };
    }
  } finally {
    await file.close();
  }
}
