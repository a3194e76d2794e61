import { randomInt } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { FaultEffect } from '../../kit/faults.js';
import type { LedgerRequest } from '../../kit/ledger.js';
import { errorBody, vendorHeaders } from '../envelope.js';

/**
 * Lets a fault act on an upgrade, which the kit's own hooks do not see.
 * @returns how the upgrade ended; undefined when the client still comes in.
 */
export async function meetFault(
  effect: FaultEffect,
  socket: Duplex,
): Promise<LedgerRequest['status'] | undefined> {
  switch (effect.kind) {
    case 'latency':
      await delay(effect.ms + (effect.jitterMs ? randomInt(effect.jitterMs + 1) : 0));
      return socket.destroyed ? 'gone' : undefined;
    case 'stall':
      if (effect.ms !== undefined) setTimeout(() => socket.destroy(), effect.ms).unref();
      return 'stalled';
    case 'status': {
      const body = effect.body ?? errorBody(effect.status, 'Scripted failure');
      return turnAway(socket, effect.status, body, effect.headers);
    }
    case 'rate_limited': {
      const headers = { 'retry-after': String(effect.retryAfterSeconds) };
      return turnAway(socket, 429, errorBody(429, 'Too many requests'), headers);
    }
    case 'html':
      return turnAway(socket, effect.status ?? 403, '<!doctype html><title>Request blocked</title>');
    case 'commit_then_status':
      return turnAway(socket, effect.status, errorBody(effect.status, 'Scripted failure'));
    // An upgrade has no body that could be spoiled.
    case 'half_body':
    case 'garbled':
    case 'cut':
    case 'down':
    case 'commit_then_cut':
      socket.destroy();
      return 'cut';
  }
}

/** Answers an upgrade with an HTTP error (a string is sent as a page, anything else as JSON). @returns the status. */
export function turnAway(
  socket: Duplex,
  status: number,
  body: unknown,
  extra: Record<string, string> = {},
): number {
  const page = typeof body === 'string';
  const text = page ? body : JSON.stringify(body);
  const headers = {
    ...vendorHeaders(),
    ...extra,
    'content-type': page ? 'text/html; charset=utf-8' : 'application/json',
    'content-length': String(Buffer.byteLength(text)),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n${text}`);
  return status;
}
