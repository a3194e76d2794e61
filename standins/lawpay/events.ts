import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { requireSecretKey } from './auth.js';
import type { Books } from './books.js';
import { envelope, pageQuery } from './envelope.js';
import { notFound, parseBody } from './errors.js';

const EventQuery = z.object(pageQuery);
type ById = { Params: { id: string } };

/** What happened, for polling. */
export function eventRoutes(app: FastifyInstance, books: Books): void {
  app.get('/v1/events', (request) => {
    requireSecretKey(request.headers.authorization);
    const query = parseBody(EventQuery, request.query);
    const { start_date: start } = query;
    // Newest first; in order of time when a start is given.
    if (start === undefined) return envelope([...books.events()].reverse(), query);
    return envelope(
      books.events().filter(({ created }) => created >= start),
      query,
    );
  });

  app.get<ById>('/v1/events/:id', (request) => {
    requireSecretKey(request.headers.authorization);
    const event = books.events().find(({ id }) => id === request.params.id);
    if (event === undefined) throw notFound('Event', request.params.id);
    return event;
  });
}
