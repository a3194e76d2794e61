/**
 * A sign-in for Temporal UIs that know no user: the embedded one, and any that is reached without TLS, which sends no
 * token. The token goes into a cookie that pages cannot read, that only this address gets, and that no other site's
 * page can make a browser send.
 */
import { decodeJwt } from 'jose';
import { z } from 'zod';
import type { App } from '../../app-types.js';
import { type AuthOptions, authenticate } from '../../plugins/auth.js';
import { isAllowed } from '../../permissions.js';
import { ProblemError } from '../../problems.js';
import type { CodecDeps } from './deps.js';

export const CODEC_PATH = '/api/v1/codec';
const COOKIE = 'hermes_codec';

const page = (body: string): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>HERMES codec server</title><body>${body}</body></html>`;
const form = page(
  `<h1>Read payloads in Temporal UI</h1><form method="post" action="${CODEC_PATH}/sign-in"><label>Access token<br>` +
    '<input name="token" type="password" autocomplete="off" size="60" required></label> <button>Sign in</button></form>',
);
const done = page(
  '<h1>Signed in</h1><p>In Temporal UI open the data encoder settings (the key at the top) and include cross-origin credentials.</p>',
);

/** Adds the form and what it posts to. */
export function signInRoutes(app: App, auth: AuthOptions, { codec }: CodecDeps): void {
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, parsed) => parsed(null, Object.fromEntries(new URLSearchParams(body.toString()))),
  );
  app.get('/sign-in', { schema: { hide: true } }, (_request, reply) => reply.type('text/html').send(form));
  app.post(
    '/sign-in',
    {
      schema: {
        hide: true,
        body: z.object({ token: z.string().trim().min(1).max(8_192) }),
      },
    },
    async (request, reply) => {
      const { token } = request.body;
      const identity = await authenticate(`Bearer ${token}`, auth);
      if (!isAllowed(identity, 'payloads:decode'))
        throw new ProblemError('forbidden', 'Needs the permission payloads:decode.');
      const leftS = (decodeJwt(token).exp ?? 0) - Math.floor(Date.now() / 1_000);
      const cookie = [
        `${COOKIE}=${token}`,
        `Path=${CODEC_PATH}`,
        `Max-Age=${Math.max(0, leftS)}`,
        'HttpOnly',
        'SameSite=Strict',
        ...(codec.secureCookie ? ['Secure'] : []),
      ];
      return reply.header('set-cookie', cookie.join('; ')).type('text/html').send(done);
    },
  );
}

/** `Authorization` made of the cookie; only for pages of an admitted origin, which `addCors` has checked. */
export function bearerOfCookie(headers: {
  cookie?: string | undefined;
  origin?: string | undefined;
}): string | undefined {
  if (headers.origin === undefined) return undefined;
  const token = new RegExp(`(?:^|;\\s*)${COOKIE}=([\\w.-]+)`).exec(headers.cookie ?? '')?.[1];
  return token === undefined ? undefined : `Bearer ${token}`;
}
