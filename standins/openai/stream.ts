import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import type { FastifyReply } from 'fastify';
import { vendorHeaders } from './envelope.js';
import type { StreamFault } from './script.js';
import type { Stand } from './stand.js';

/** An answer that goes out piece by piece. */
export interface Outflow {
  contentType: string;
  chunks: Iterable<Uint8Array | string>;
  pace: { firstMs: number; jitterMs: number; gapMs: number };
  fault: StreamFault | undefined;
  /** Sent now and then by a stalled stream: alive, but of no use. Event streams have such a thing, raw audio has not. */
  keepAlive?: string;
  /** What the `garbage` fault sends. */
  garbage: string;
}

const KEEP_ALIVE_EVERY_MS = 50;

/** One server-sent event. */
export const eventOf = (data: unknown): string => `data: ${JSON.stringify(data)}\n\n`;

/** What all event streams have in common. */
export const eventStream = {
  contentType: 'text/event-stream; charset=utf-8',
  keepAlive: ': keep-alive\n\n',
  garbage: 'data: {"id":"chatcmpl-1","choices":[{"del\n\n',
};

/** The scripted fault that meets this answer. A client that has already gone uses none up. */
export const faultFor = (route: StreamFault['route'], reply: FastifyReply, stand: Stand) =>
  reply.raw.destroyed ? undefined : stand.script.takeStreamFault(route);

/** Waits the fixed time plus a random part. */
export async function wait(
  pace: { firstMs: number; jitterMs: number },
  signal: AbortSignal | undefined,
): Promise<void> {
  const ms = pace.firstMs + (pace.jitterMs > 0 ? randomInt(pace.jitterMs + 1) : 0);
  if (ms > 0) await delay(ms, undefined, signal ? { signal } : {});
}

/** Writes the answer at its pace, and counts how it ended. Never rejects: the client's hanging up is an outcome. */
export async function flow(reply: FastifyReply, stand: Stand, outflow: Outflow): Promise<void> {
  reply.hijack();
  const response = reply.raw;
  if (response.destroyed) {
    // The client went while we were made to wait; its `close` is long past.
    stand.streams.aborted += 1;
    return;
  }
  const gone = new AbortController();
  stand.streams.open += 1;
  response.once('close', () => {
    stand.streams.open -= 1;
    stand.streams[outcomeOf(response, outflow.fault)] += 1;
    gone.abort();
  });
  response.writeHead(200, { ...vendorHeaders(), 'content-type': outflow.contentType });
  response.flushHeaders();
  try {
    await write(response, outflow, stand.settings.writeBytes, gone.signal);
  } catch {
    // Aborted waits: `close` has counted it already.
  }
}

function outcomeOf(
  response: ServerResponse,
  fault: StreamFault | undefined,
): 'finished' | 'aborted' | 'broken' {
  if (fault && fault.kind !== 'stall') return 'broken';
  return response.writableFinished ? 'finished' : 'aborted';
}

async function write(
  response: ServerResponse,
  outflow: Outflow,
  writeBytes: number,
  gone: AbortSignal,
): Promise<void> {
  await wait(outflow.pace, gone);
  let written = 0;
  for (const chunk of outflow.chunks) {
    if (written === outflow.fault?.afterChunks) return breakOff(response, outflow, outflow.fault.kind, gone);
    if (written > 0) await wait({ firstMs: outflow.pace.gapMs, jitterMs: 0 }, gone);
    for (const part of partsOf(Buffer.from(chunk), writeBytes)) {
      if (!response.write(part)) await once(response, 'drain', { signal: gone });
      // One write, one read on the other side: otherwise the parts would travel together.
      if (writeBytes > 0) await nextTurn(undefined, { signal: gone });
    }
    written += 1;
  }
  response.end();
}

function* partsOf(chunk: Buffer, bytes: number): Generator<Buffer> {
  const step = bytes > 0 ? bytes : chunk.length;
  for (let at = 0; at < chunk.length; at += step) yield chunk.subarray(at, at + step);
}

async function breakOff(
  response: ServerResponse,
  outflow: Outflow,
  kind: StreamFault['kind'],
  gone: AbortSignal,
): Promise<void> {
  switch (kind) {
    case 'cut':
      response.destroy();
      return;
    case 'garbage':
      response.end(outflow.garbage);
      return;
    case 'end':
      response.end();
      return;
    case 'stall':
      for (;;) {
        await delay(KEEP_ALIVE_EVERY_MS, undefined, { signal: gone });
        if (outflow.keepAlive) response.write(outflow.keepAlive);
      }
  }
}
