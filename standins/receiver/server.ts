import { z } from 'zod';
import type { StandinDefinition } from '../kit/standin.js';

/** What may be changed at `POST /__control/config`. */
export const ReceiverSettings = z.object({
  /** Answers 302 to there when set. */
  redirectTo: z.url().nullable().default(null),
});

const Params = z.object({ '*': z.string() });

/**
 * A firm's own server that is sent events: keeps each once by its `webhook-id`, as the specification tells receivers to.
 * Paths below `hooks/catch` answer like Webhooks by Zapier, which knows no ids and takes everything.
 * Ledger kinds: `event` (each id once), `repeat` (an id that came before), `catch`.
 */
export const receiverStandin: StandinDefinition<typeof ReceiverSettings> = {
  name: 'receiver',
  settings: ReceiverSettings,
  register: (app, kit) => {
    const known = new Set<string>();
    kit.onReset(() => known.clear());
    // Signatures cover the bytes as they came.
    app.removeContentTypeParser('application/json');
    app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) =>
      done(null, body),
    );
    app.post('/*', (request, reply) => {
      const path = Params.parse(request.params)['*'];
      const { redirectTo } = kit.settings;
      if (redirectTo !== null) return reply.redirect(redirectTo);
      const body = z.string().parse(request.body);
      const { headers } = request;
      const seen = { path, headers: { ...headers }, body };
      if (path.startsWith('hooks/catch/')) {
        const { id } = kit.ledger.record('catch', request.id, 'created', seen);
        return reply.send({ status: 'success', id, request_id: id, attempt: id });
      }
      const id = z.string().parse(headers['webhook-id']);
      kit.ledger.record(known.has(id) ? 'repeat' : 'event', id, 'created', seen);
      known.add(id);
      return reply.code(204).send();
    });
  },
};
