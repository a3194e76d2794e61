import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Fault, FaultEffect, Faults } from './faults.js';
import type { Ledger, LedgerRequest } from './ledger.js';

interface Watched {
  entry: LedgerRequest;
  effect?: FaultEffect | undefined;
}

/** What a stand-in's own errors look like, so that an injected error wears the vendor's clothes. */
export type ErrorBody = (status: number, message: string) => unknown;

/**
 * Writes every request into the ledger and lets faults act on it. `/__control` is exempt. A hijacked reply (an event
 * stream) is out of `commit_then_cut`'s reach: a stand-in that streams cuts its own stream.
 */
export function installFaultHooks(
  app: FastifyInstance,
  deps: { ledger: Ledger; faults: Faults; errorBody: ErrorBody },
): void {
  const watched = new WeakMap<FastifyRequest, Watched>();

  app.addHook('onRequest', async (request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '/';
    if (path.startsWith('/__control')) return;
    const entry = deps.ledger.asked(request.method, request.url);
    reply.raw.once('close', () => settle(entry, reply));
    const fault = deps.faults.take(request.method, path);
    if (fault) entry.faultId = fault.id;
    watched.set(request, { entry, effect: fault?.effect });
    if (fault) await actBeforeWork(fault, entry, reply, deps.errorBody);
  });

  const closing = new AbortController();
  app.addHook('preClose', () => closing.abort());

  // After the body has arrived: a client that hangs up now no longer stops the work, as with a real slow server.
  app.addHook('preHandler', async (request, reply) => {
    const effect = watched.get(request)?.effect;
    if (effect?.kind !== 'latency') return;
    const jitterMs = effect.jitterMs ? randomInt(effect.jitterMs + 1) : 0;
    await delay(effect.ms + jitterMs, undefined, { signal: closing.signal }).catch(() => reply.hijack());
  });

  app.addHook('onSend', async (request, _reply, payload) => {
    const seen = watched.get(request);
    if (seen?.effect?.kind !== 'commit_then_cut') return payload;
    seen.entry.status = 'cut';
    request.raw.socket.destroy();
    return payload;
  });
}

async function actBeforeWork(
  fault: Fault,
  entry: LedgerRequest,
  reply: FastifyReply,
  errorBody: ErrorBody,
): Promise<void> {
  const { effect } = fault;
  switch (effect.kind) {
    case 'cut':
    case 'down':
      withhold(entry, 'cut', reply, 0);
      return;
    case 'stall':
      withhold(entry, 'stalled', reply, effect.ms);
      return;
    case 'status':
      return reply
        .code(effect.status)
        .headers(effect.headers ?? {})
        .send(effect.body ?? errorBody(effect.status, 'Scripted failure'));
    case 'rate_limited':
      return reply
        .code(429)
        .header('retry-after', effect.retryAfterSeconds)
        .send(errorBody(429, 'Too many requests'));
    case 'html':
      return reply
        .code(effect.status ?? 403)
        .type('text/html; charset=utf-8')
        .send('<!doctype html><title>Request blocked</title><h1>Request blocked</h1>');
    case 'latency':
    case 'commit_then_cut':
      return;
  }
}

/** Takes the reply away from the server; the socket is closed after `cutAfterMs`, or stays open. */
function withhold(
  entry: LedgerRequest,
  status: 'cut' | 'stalled',
  reply: FastifyReply,
  cutAfterMs: number | undefined,
): void {
  entry.status = status;
  reply.hijack();
  if (cutAfterMs !== undefined) setTimeout(() => reply.raw.socket?.destroy(), cutAfterMs).unref();
}

function settle(entry: LedgerRequest, reply: FastifyReply): void {
  if (entry.status !== 'open') return;
  entry.status = reply.raw.writableFinished ? reply.raw.statusCode : 'gone';
}
