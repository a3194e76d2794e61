/** The pages a person meets on the way to Clio's consent and back. No token of ours is in any address. */
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { clioRegions } from '../../../domain/clio-regions.js';
import type { App } from '../../app-types.js';
import { type AuthOptions, authenticate } from '../../plugins/auth.js';
import { isAllowed } from '../../permissions.js';
import { ProblemError } from '../../problems.js';
import { Begun, beginConsent } from './begin.js';
import { CONSENT_PATH, forgottenCookie, secretOfCookie } from './cookie.js';
import type { ConnectionDeps, ConsentOutcome } from './deps.js';

const escaped = (text: string): string => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
const page = (title: string, body: string): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><body><h1>${title}</h1>${body}</body></html>`;
const show = (reply: FastifyReply, status: number, title: string, body: string): FastifyReply =>
  reply.code(status).type('text/html').header('cache-control', 'no-store').send(page(title, body));

const again = `<p><a href="${CONSENT_PATH}/connect">Begin again</a></p>`;
const form =
  `<form method="post" action="${CONSENT_PATH}/connect"><p><label>Access token of an administrator<br>` +
  '<input name="token" type="password" autocomplete="off" size="60" required></label></p><p><label>Region ' +
  `<select name="region">${clioRegions.map((region) => `<option>${region}</option>`).join('')}</select></label></p>` +
  '<p><label><input name="other_account" type="checkbox" value="true"> another Clio account than before</label></p>' +
  '<button>Go on</button></form>';

const Posted = z.object({
  token: z.string().trim().min(1).max(8_192),
  region: z.enum(clioRegions),
  other_account: z.literal('true').optional(),
});
const Back = z.object({
  state: z.string().max(1_024),
  code: z.string().min(1).max(2_048).optional(),
  error: z.string().max(200).optional(),
});

/** Adds the pages; outside `addAuth`, for browsers come here by links. */
export function consentPages(app: App, deps: ConnectionDeps, auth: AuthOptions): void {
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, parsed) => parsed(null, Object.fromEntries(new URLSearchParams(body.toString()))),
  );
  app.get('/connect', { schema: { hide: true } }, (_request, reply) =>
    show(reply, 200, 'Connect Clio to HERMES', form),
  );
  app.post('/connect', { schema: { hide: true, body: Posted } }, async (request, reply) => {
    const { token, region, other_account: other } = request.body;
    const identity = await authenticate(`Bearer ${token}`, auth);
    if (!isAllowed(identity, 'connections:manage'))
      throw new ProblemError('forbidden', 'Needs the permission connections:manage.');
    const wish = { region, other_account: other !== undefined };
    const url = await beginConsent(deps, identity, wish, reply);
    // A link and no redirect: a form may lead to our own pages only.
    return show(reply, 200, 'Connect Clio to HERMES', `<p><a href="${escaped(url)}">Go on to Clio</a></p>`);
  });
  callbackRoute(app, deps);
}

function callbackRoute(app: App, { connections }: ConnectionDeps): void {
  const { states, clio, reconnected } = connections;
  app.get('/callback', { schema: { hide: true, querystring: Back } }, async (request, reply) => {
    const { state, code } = request.query;
    void reply.header('set-cookie', forgottenCookie).header('referrer-policy', 'no-referrer');
    const begun = await states.redeem('clio', state, secretOfCookie(request.headers.cookie));
    const details = Begun.safeParse(begun?.details);
    if (!begun || !details.success)
      return show(
        reply,
        400,
        'This way back is closed',
        `<p>It is good once, for ten minutes, in the browser it began in.</p>${again}`,
      );
    const { tenantId, actor } = begun;
    if (code === undefined) {
      request.log.info({ tenantId }, 'a consent at Clio was declined');
      return show(reply, 200, 'Not connected', `<p>The consent was declined at Clio.</p>${again}`);
    }
    const outcome = await clio.connect(tenantId, { code, actor, ...details.data });
    if (outcome.kind === 'connected') await reconnected(tenantId, 'clio');
    return tell(reply, outcome);
  });
}

function tell(reply: FastifyReply, outcome: ConsentOutcome): FastifyReply {
  switch (outcome.kind) {
    case 'connected':
      return show(
        reply,
        200,
        'Connected',
        `<p>HERMES now writes to ${escaped(outcome.account)}. What waited for this connection goes on by itself.</p>`,
      );
    case 'other_account':
      return show(
        reply,
        409,
        'Another Clio account',
        `<p>The firm was connected to another Clio account, and its parked writes carry ids of that one. Sign in there, or say that you mean the other.</p>${again}`,
      );
    case 'refused':
      return show(reply, 502, 'Clio refused', `<p>Clio did not take the consent.</p>${again}`);
    case 'unavailable':
      return show(
        reply,
        503,
        'Clio does not answer',
        `<p>Nothing was connected. Try again in some minutes.</p>${again}`,
      );
  }
}
