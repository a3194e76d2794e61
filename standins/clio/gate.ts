import type { FastifyInstance } from 'fastify';
import type { StandinKit } from '../kit/standin.js';
import { ClioRefusal, errorObject } from './errors.js';
import type { Grants } from './grants.js';
import type { ClioSettings } from './settings.js';

/** Minor versions Clio still answers: 4.0.4 to 4.0.13, the last being the default. */
const oldestMinor = 4;
const newestMinor = 13;
const windowMs = 60_000;

/** What stands in front of every API route: bearer token, then version, then the per-token rate limit. */
export function installGate(api: FastifyInstance, kit: StandinKit<ClioSettings>, grants: Grants): void {
  const windows = new Map<string, { startMs: number; used: number }>();
  kit.onReset(() => windows.clear());

  /** Fixed window per token. @returns requests used including this one, and when the window ends. */
  const count = (token: string) => {
    const nowMs = kit.clock.nowMs();
    const current = windows.get(token);
    const window = current && nowMs < current.startMs + windowMs ? current : { startMs: nowMs, used: 0 };
    window.used += 1;
    windows.set(token, window);
    return { used: window.used, endsAtMs: window.startMs + windowMs, nowMs };
  };

  api.addHook('onRequest', async (request, reply) => {
    const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1];
    if (token === undefined)
      return reply.code(401).send(errorObject('UnauthorizedError', 'User is not authorized'));
    if (!grants.isAlive(token)) {
      // The second of Clio's two 401 bodies: here `error` is a string.
      const description = 'The access token is invalid, expired or revoked';
      return reply
        .code(401)
        .header(
          'www-authenticate',
          `Bearer realm="Clio", error="invalid_token", error_description="${description}"`,
        )
        .send({ error: 'invalid_token', error_description: description });
    }

    const limit = kit.settings.rateLimitPerMinute;
    const { used, endsAtMs, nowMs } = count(token);
    reply.headers({
      'x-ratelimit-limit': limit,
      'x-ratelimit-remaining': Math.max(0, limit - used),
      'x-ratelimit-reset': Math.ceil(endsAtMs / 1_000),
    });
    if (used > limit)
      return reply
        .code(429)
        .header('retry-after', Math.ceil((endsAtMs - nowMs) / 1_000))
        .send(errorObject(kit.settings.rateLimitType, 'Rate limit exceeded'));

    const version = request.headers['x-api-version'] ?? `4.0.${newestMinor}`;
    const minor = Number(/^4\.0\.(\d+)$/.exec(String(version))?.[1]);
    if (!(minor >= oldestMinor && minor <= newestMinor))
      throw new ClioRefusal('gone', `API version ${String(version)} is not available`);
    reply.header('x-api-version', version);
  });

  api.addHook('onSend', async (_request, reply, payload) => {
    if (reply.statusCode >= 400) reply.removeHeader('x-api-version');
    return payload;
  });
}
