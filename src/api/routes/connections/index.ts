import { z } from 'zod';
import { type Connection, listConnections } from '../../../db/connections.js';
import { withTenant } from '../../../db/tenant.js';
import type { App } from '../../app-types.js';
import { CONSENT_LIFE_MS } from '../../connections/consent-states.js';
import { identityOf } from '../../plugins/auth.js';
import { problemAnswers } from '../../plugins/openapi.js';
import { ProblemError } from '../../problems.js';
import { beginConsent, Wish } from './begin.js';
import { clioEventsRoute } from './events.js';
import type { ConnectionDeps } from './deps.js';
import { growRoutes } from './grow.js';

const tags = ['Connections'];

const State = z.enum(['connected', 'refused', 'disconnected']);
const ConnectionView = z.object({
  system: z.string(),
  state: State.describe('refused: the vendor took the credentials back, or let them lapse; writes park.'),
  base_url: z.string(),
  account: z.string().nullable().describe('Name of the firm in that system.'),
  token_expires_at: z.iso.datetime().nullable().describe('It is renewed before.'),
  refused_at: z.iso.datetime().nullable(),
  updated_at: z.iso.datetime(),
});

const Account = z.object({ account: z.object({ name: z.string() }) });

const stateOf = ({ sealedTokens, revokedAt }: Connection): z.infer<typeof State> =>
  !sealedTokens ? 'disconnected' : revokedAt ? 'refused' : 'connected';

/** Outside systems of the firm. Begins at the API; the way back is a page, see pages.ts. */
export function connectionRoutes(app: App, deps: ConnectionDeps): void {
  listRoute(app, deps);
  clioRoutes(app, deps);
  clioEventsRoute(app, deps);
  growRoutes(app, deps);
}

function listRoute(app: App, { pool }: ConnectionDeps): void {
  app.get(
    '/connections',
    {
      config: { permission: 'connections:read' },
      schema: {
        tags,
        summary: 'Outside systems of the firm',
        response: {
          200: z.object({ connections: z.array(ConnectionView) }).describe('Every one ever connected.'),
          ...problemAnswers,
        },
      },
    },
    async (request) => {
      const { tenantId } = identityOf(request);
      const rows = await withTenant(pool, tenantId, (scope) => listConnections(scope, tenantId));
      return {
        connections: rows.map((row) => ({
          system: row.system,
          state: stateOf(row),
          base_url: row.baseUrl,
          account: Account.safeParse(row.settings).data?.account.name ?? null,
          token_expires_at: row.tokenExpiresAt?.toISOString() ?? null,
          refused_at: row.revokedAt?.toISOString() ?? null,
          updated_at: row.updatedAt.toISOString(),
        })),
      };
    },
  );
}

function clioRoutes(app: App, deps: ConnectionDeps): void {
  app.post(
    '/connections/clio/authorize',
    {
      config: { permission: 'connections:manage' },
      schema: {
        tags,
        summary: 'Begin to connect Clio',
        description:
          'Sets a cookie and gives the address of Clio’s consent page: open it in the same browser within ten ' +
          'minutes. Without a console, /oauth/clio/connect is a page that does this.',
        body: Wish,
        response: {
          200: z
            .object({ authorize_url: z.url(), expires_at: z.iso.datetime() })
            .describe('Where to go, and until when.'),
          ...problemAnswers,
        },
      },
    },
    async (request, reply) => {
      const url = await beginConsent(deps, identityOf(request), request.body, reply);
      return { authorize_url: url, expires_at: new Date(Date.now() + CONSENT_LIFE_MS).toISOString() };
    },
  );
  app.post(
    '/connections/clio/disconnect',
    {
      config: { permission: 'connections:manage' },
      schema: {
        tags,
        summary: 'Disconnect Clio',
        description:
          'Ends the consent at Clio and forgets the tokens. Writes to Clio park until the firm connects it again, and then ' +
          'go on by themselves.',
        body: z.object({ reason: z.string().trim().min(3).max(500) }),
        response: {
          200: z
            .object({
              deauthorized: z
                .boolean()
                .describe('false: Clio did not answer; remove HERMES in Clio’s own settings.'),
            })
            .describe('The tokens are gone.'),
          ...problemAnswers,
        },
      },
    },
    async (request) => {
      const { tenantId, subject: actor } = identityOf(request);
      const { reason } = request.body;
      const ended = await deps.connections.clio.disconnect(tenantId, { actor, reason });
      if (!ended) throw new ProblemError('not_connected');
      return ended;
    },
  );
}
