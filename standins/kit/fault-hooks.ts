import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ErrorBody, Fault, FaultEffect, Faults } from './faults.js';
import type { Ledger, LedgerRequest } from './ledger.js';
import { spoil } from './spoiled-answers.js';

interface Watched {
  entry: LedgerRequest;
  effect?: FaultEffect | undefined;
}

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
    const seen: Watched = { entry, effect: fault?.effect };
    watched.set(request, seen);
    if (fault) await strike(fault, seen, reply, deps.errorBody);
  });

  // Only now is there a body to look into. Nothing has been done yet.
  app.addHook('preHandler', async (request, reply) => {
    const seen = watched.get(request);
    if (!seen || seen.effect || !deps.faults.readsContent) return;
    const [path = '/', query = ''] = request.url.split('?', 2);
    const content = `${readable(query)} ${JSON.stringify(request.body ?? null)}`;
    const fault = deps.faults.takeHolding(request.method, path, content);
    if (!fault) return;
    seen.effect = fault.effect;
    await strike(fault, seen, reply, deps.errorBody);
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

  app.addHook('onSend', async (request, reply, payload) => {
    const seen = watched.get(request);
    return seen ? spoil(seen, reply, payload, deps.errorBody) : payload;
  });
}

/** A query is text for the content; one that cannot be decoded is left as it is. */
function readable(query: string): string {
  try {
    return decodeURIComponent(query.replaceAll('+', ' '));
  } catch {
    return query;
  }
}

async function strike(
  fault: Fault,
  { entry }: Watched,
  reply: FastifyReply,
  errorBody: ErrorBody,
): Promise<void> {
  const { effect } = fault;
  entry.faultId = fault.id;
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
    case 'commit_then_status':
    case 'half_body':
    case 'garbled':
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
