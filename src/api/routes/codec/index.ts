import type { App } from '../../app-types.js';
import { addAuth, type AuthOptions } from '../../plugins/auth.js';
import { addPersonLimit, addTenantLimit, type Limits } from '../../plugins/limits.js';
import { addCors, preflightRoutes } from './cors.js';
import type { CodecDeps } from './deps.js';
import { codecRoutes } from './routes.js';
import { bearerOfCookie, CODEC_PATH, signInRoutes } from './sign-in.js';

export type { CodecDeps } from './deps.js';

/** Everything under /api/v1/codec: preflight, sign-in, and behind them the two routes of Temporal's protocol. */
export async function addCodecServer(
  app: App,
  deps: CodecDeps & { auth: AuthOptions; limits: Limits },
): Promise<void> {
  const { codec, auth, limits } = deps;
  await app.register(
    async (outside) => {
      // The page of the form is ours, and a browser names us as its origin.
      await outside.register((pages, _options, done) => {
        signInRoutes(pages, auth, deps);
        done();
      });
      await outside.register(async (server) => {
        addCors(server, codec.origins);
        preflightRoutes(server);
        await server.register((inside, _options, done) => {
          addAuth(inside, {
            ...auth,
            bearer: ({ headers }) => headers.authorization ?? bearerOfCookie(headers),
          });
          addTenantLimit(inside, limits);
          addPersonLimit(inside, codec.perPerson);
          codecRoutes(inside, deps);
          done();
        });
      });
    },
    { prefix: CODEC_PATH },
  );
}
