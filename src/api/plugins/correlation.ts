import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';

export const CORRELATION_HEADER = 'x-correlation-id';
/** Printable, short and free of anything that could forge a log line or a header. */
const ACCEPTABLE = /^[0-9A-Za-z._-]{8,64}$/;

/** The correlation id of a request: the sender's when it is acceptable, else a fresh one. Becomes `request.id`. */
export function correlationIdOf(request: IncomingMessage): string {
  const given = request.headers[CORRELATION_HEADER];
  return typeof given === 'string' && ACCEPTABLE.test(given) ? given : randomUUID();
}

/** Returns the correlation id on every answer. */
export function addCorrelation(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    // Not awaited: a reply is thenable and resolves only when the answer has been sent.
    void reply.header(CORRELATION_HEADER, request.id);
    done();
  });
}
