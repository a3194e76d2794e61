import { randomBytes } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { StandinKit } from '../kit/standin.js';
import { parseBody, refusal } from './errors.js';
import { accounts } from './merchant.js';
import type { LawPaySettings } from './settings.js';

/** The one partner app this LawPay knows. */
export const lawPayApp = { clientId: 'standin-client', clientSecret: 'standin-secret' };

const AuthorizeQuery = z.object({
  response_type: z.literal('code'),
  client_id: z.literal(lawPayApp.clientId),
  redirect_uri: z.string(),
  scope: z.string(),
  state: z.string().optional(),
});
const TokenBody = z.object({
  client_id: z.string(),
  client_secret: z.string(),
  grant_type: z.literal('authorization_code'),
  redirect_uri: z.string(),
  code: z.string(),
});

/** Partner OAuth: a token without expiry or refresh, as documented. Tokens are ledger kind `partner_grant`. */
export function partnerOauthRoutes(app: FastifyInstance, kit: StandinKit<LawPaySettings>): void {
  const codes = new Map<string, string>();
  kit.onReset(() => codes.clear());

  const grant = () => {
    const token = randomBytes(32).toString('hex');
    kit.ledger.record('partner_grant', token, 'created', { token });
    const createdAt = Math.floor(kit.clock.nowMs() / 1_000);
    return { access_token: token, token_type: 'bearer', scope: 'payments', created_at: createdAt };
  };
  app.get('/oauth/authorize', (request, reply) => {
    const query = parseBody(AuthorizeQuery, request.query);
    if (!kit.settings.redirectUris.includes(query.redirect_uri))
      throw refusal(422, 'invalid_data', { context: 'redirect_uri', sub_code: 'invalid' });
    const code = randomBytes(16).toString('hex');
    codes.set(code, query.redirect_uri);
    const back = new URL(query.redirect_uri);
    back.searchParams.set('code', code);
    if (query.state !== undefined) back.searchParams.set('state', query.state);
    return reply.redirect(back.href);
  });

  app.post('/oauth/token', (request) => {
    const body = parseBody(TokenBody, request.body);
    const redirectUri = codes.get(body.code);
    codes.delete(body.code);
    const isApp = body.client_id === lawPayApp.clientId && body.client_secret === lawPayApp.clientSecret;
    if (!isApp || redirectUri !== body.redirect_uri) throw refusal(401, 'not_authorized');
    return grant();
  });

  // A partner token without a browser, and the keys that go with it.
  app.post('/__control/grant', () => ({
    ...grant(),
    accounts: accounts.map(({ id, kind, trust, publicKey, secretKey }) => ({
      id,
      kind,
      trust,
      publicKey,
      secretKey,
    })),
  }));
}
