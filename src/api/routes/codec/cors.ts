import type { App } from '../../app-types.js';
import { ProblemError } from '../../problems.js';

/** What Temporal UI sends beside the simple headers. */
const ALLOWED_HEADERS = 'authorization, authorization-extras, content-type, x-namespace';
/** A browser asks again after this long. */
const PREFLIGHT_S = '600';

/** Lets pages of these origins ask and read, with the cookie of a sign-in; pages of all others are refused. */
export function addCors(app: App, origins: readonly string[]): void {
  app.addHook('onRequest', async (request, reply) => {
    const { origin } = request.headers;
    void reply.header('vary', 'origin');
    if (origin === undefined) return;
    if (!origins.includes(origin)) throw new ProblemError('forbidden', 'Pages of this origin may not ask.');
    void reply
      .header('access-control-allow-origin', origin)
      .header('access-control-allow-credentials', 'true');
  });
}

/** Answers the question that a browser asks before the request itself. */
export function preflightRoutes(app: App): void {
  for (const path of ['/decode', '/encode'])
    app.options(path, { schema: { hide: true } }, (_request, reply) =>
      reply
        .code(204)
        .header('access-control-allow-methods', 'POST')
        .header('access-control-allow-headers', ALLOWED_HEADERS)
        .header('access-control-max-age', PREFLIGHT_S)
        .send(),
    );
}
