import type { FastifyInstance, FastifyReply } from 'fastify';
import type { StandinKit } from '../kit/standin.js';
import { ClioRefusal, errorObject } from './errors.js';
import type { Grants } from './grants.js';
import { createRateLimit } from './rate-limit.js';
import type { ClioSettings } from './settings.js';

/** Minor versions Clio still answers: 4.0.4 to 4.0.13, the last being the default. */
const oldestMinor = 4;
const newestMinor = 13;

/** What stands in front of every API route: bearer token, then the per-token rate limit, then the version. */
export function installGate(api: FastifyInstance, kit: StandinKit<ClioSettings>, grants: Grants): void {
  const count = createRateLimit(kit);

  api.addHook('onRequest', async (request, reply) => {
    const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1];
    if (token === undefined)
      return reply.code(401).send(errorObject('UnauthorizedError', 'User is not authorized'));
    if (!grants.isAlive(token)) return refuseToken(reply);

    const { limit, used, resetsAt, retryAfterSeconds } = count(token);
    reply.headers({
      'x-ratelimit-limit': limit,
      'x-ratelimit-remaining': Math.max(0, limit - used),
      'x-ratelimit-reset': resetsAt,
    });
    if (used > limit)
      return reply
        .code(429)
        .header('retry-after', retryAfterSeconds)
        .send(errorObject(kit.settings.rateLimitType, 'Rate limit exceeded'));

    reply.header('x-api-version', servedVersion(request.headers['x-api-version']));
  });

  api.addHook('onSend', async (_request, reply, payload) => {
    if (reply.statusCode >= 400) reply.removeHeader('x-api-version');
    return payload;
  });
}

/** The second of Clio's two 401 bodies: here `error` is a string. */
function refuseToken(reply: FastifyReply): FastifyReply {
  const description = 'The access token is invalid, expired or revoked';
  const challenge = `Bearer realm="Clio", error="invalid_token", error_description="${description}"`;
  return reply
    .code(401)
    .header('www-authenticate', challenge)
    .send({ error: 'invalid_token', error_description: description });
}

function servedVersion(asked: string | string[] = `4.0.${newestMinor}`): string {
  const version = String(asked);
  const minor = Number(/^4\.0\.(\d+)$/.exec(version)?.[1]);
  if (minor >= oldestMinor && minor <= newestMinor) return version;
  throw new ClioRefusal('gone', `API version ${version} is not available`);
}
