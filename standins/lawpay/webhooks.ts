import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Books } from './books.js';
import { parseBody } from './errors.js';

const Order = z.strictObject({
  /** Where the firm takes events. */
  url: z.url(),
  order: z.enum(['happened', 'reversed']).default('happened'),
  /** How often each is posted. */
  times: z.int().min(1).max(10).default(1),
});
const TIMEOUT_MS = 10_000;

/** `POST /__control/deliver` posts every event so far, unsigned, as LawPay does: twice, late and out of order if told so. */
export function webhookRoutes(app: FastifyInstance, books: Books): void {
  app.post('/__control/deliver', async (request) => {
    const { url, order, times } = parseBody(Order, request.body);
    const events = order === 'reversed' ? [...books.events()].reverse() : [...books.events()];
    let acknowledged = 0;
    for (const event of events)
      for (let time = 0; time < times; time++) {
        const answer = await fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(event),
          signal: AbortSignal.timeout(TIMEOUT_MS),
        });
        if (answer.status === 200) acknowledged += 1;
        await answer.body?.cancel();
      }
    return { posted: events.length * times, acknowledged };
  });
}
