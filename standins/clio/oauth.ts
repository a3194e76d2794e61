import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import type { StandinKit } from '../kit/standin.js';
import type { Grants } from './grants.js';
import type { ClioSettings } from './settings.js';

/** The one developer app this Clio knows. */
export const clioApp = { clientId: 'standin-client', clientSecret: 'standin-secret' };
/** Clio's documented life of an authorization code. */
const codeLifetimeMs = 10 * 60_000;

const AuthorizeQuery = z.object({
  client_id: z.literal(clioApp.clientId),
  response_type: z.literal('code'),
  redirect_uri: z.string(),
  state: z.string().optional(),
  redirect_on_decline: z.string().optional(),
});
const credentials = { client_id: z.string(), client_secret: z.string() };
const TokenForm = z.discriminatedUnion('grant_type', [
  z.object({
    ...credentials,
    grant_type: z.literal('authorization_code'),
    code: z.string(),
    redirect_uri: z.string(),
  }),
  z.object({ ...credentials, grant_type: z.literal('refresh_token'), refresh_token: z.string() }),
]);

/** Authorization-code OAuth as Clio Manage does it: no scope, no PKCE, a consent page that answers by itself. */
export function oauthRoutes(app: FastifyInstance, kit: StandinKit<ClioSettings>, grants: Grants): void {
  const codes = new Map<string, { redirectUri: string; expiresAtMs: number }>();
  kit.onReset(() => codes.clear());
  authorizeRoute(app, kit, (redirectUri) => {
    const code = randomBytes(20).toString('base64url');
    codes.set(code, { redirectUri, expiresAtMs: kit.clock.nowMs() + codeLifetimeMs });
    return code;
  });
  tokenRoute(app, grants, (code, redirectUri) => {
    const known = codes.get(code);
    // Good once, even when the exchange fails.
    codes.delete(code);
    return known?.redirectUri === redirectUri && known.expiresAtMs > kit.clock.nowMs();
  });

  app.post('/oauth/deauthorize', (request, reply) => {
    const form = z.object({ token: z.string() }).safeParse(request.body);
    const bearer = request.headers.authorization?.replace(/^Bearer /, '');
    if (!form.success || form.data.token !== bearer || !grants.isAlive(bearer))
      return refuse(reply, 401, 'invalid_token', 'The access token is invalid');
    grants.revoke(bearer);
    return reply.code(200).send();
  });

  // A consent without a browser, for the demo and tests.
  app.post('/__control/grant', () => grants.issue());
}

function authorizeRoute(
  app: FastifyInstance,
  { settings }: StandinKit<ClioSettings>,
  newCode: (redirectUri: string) => string,
): void {
  app.get('/oauth/authorize', (request, reply) => {
    const query = AuthorizeQuery.safeParse(request.query);
    if (!query.success) return refuse(reply, 400, 'invalid_request', z.prettifyError(query.error));
    const { redirect_uri: redirectUri, state, redirect_on_decline: redirectOnDecline } = query.data;
    if (!settings.redirectUris.includes(redirectUri))
      return refuse(reply, 400, 'invalid_redirect_uri', 'The redirect URI is not one of the app’s');
    const isDeclined = settings.consent === 'declined';
    if (isDeclined && redirectOnDecline !== 'true')
      return reply.type('text/html').send('<h1>Access was declined</h1>');
    const back = new URL(redirectUri);
    if (isDeclined) back.searchParams.set('error', 'access_denied');
    else back.searchParams.set('code', newCode(redirectUri));
    if (state !== undefined) back.searchParams.set('state', state);
    return reply.redirect(back.href);
  });
}

function tokenRoute(
  app: FastifyInstance,
  grants: Grants,
  redeem: (code: string, redirectUri: string) => boolean,
): void {
  app.post('/oauth/token', (request, reply) => {
    const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
    const form = TokenForm.safeParse(request.body);
    if (!isForm || !form.success)
      return refuse(reply, 400, 'invalid_request', 'Form-encoded grant parameters are required');
    const { client_id: clientId, client_secret: clientSecret } = form.data;
    if (clientId !== clioApp.clientId || clientSecret !== clioApp.clientSecret)
      return refuse(reply, 401, 'invalid_client', 'Client authentication failed');
    if (form.data.grant_type === 'refresh_token') {
      const tokens = grants.refresh(form.data.refresh_token);
      return tokens ?? refuse(reply, 400, 'invalid_grant', 'The refresh token is invalid or revoked');
    }
    if (redeem(form.data.code, form.data.redirect_uri)) return grants.issue();
    return refuse(reply, 400, 'invalid_grant', 'The authorization code is invalid, expired or used');
  });
}

function refuse(reply: FastifyReply, status: number, error: string, description: string): FastifyReply {
  return reply.code(status).send({ error, error_description: description });
}
