import { z } from 'zod';
import { clioRegions } from '../../../domain/clio-regions.js';
import { GrowSettings, leadIdForms } from '../../../domain/grow.js';
import type { App } from '../../app-types.js';
import { identityOf } from '../../plugins/auth.js';
import { problemAnswers } from '../../plugins/openapi.js';
import { ProblemError } from '../../problems.js';
import type { ConnectionDeps, InboxView } from './deps.js';

const tags = ['Connections'];
const Reason = z.string().trim().min(3).max(500).describe('Why; kept in the audit log.');
const { sourceName: SourceName, referring: Referring } = GrowSettings.shape;

const settled = {
  region: z.enum(clioRegions).describe('Where the firm’s Grow account lives.'),
  source_name: SourceName.default('HERMES').describe('Shown to the firm as where a lead is from.'),
  referring: Referring.default('Phone call').describe('Shown as what led to it; plain text.'),
  lead_id: z
    .enum(leadIdForms)
    .default('either')
    .describe('Where Grow’s answers hold the id of the new lead; they are of more than one kind.'),
};
const NewInbox = z.strictObject({
  token: z
    .string()
    .trim()
    .regex(/^\S{8,500}$/, 'the token from Grow’s settings, 8 to 500 characters without spaces')
    .describe('From Grow: Settings, Integrations. Sealed at rest and never shown again.'),
  ...settled,
  reason: Reason,
});
const Inbox = z
  .object({
    ...settled,
    base_url: z.url(),
    refused_at: z.iso.datetime().nullable().describe('Since when Grow refuses the token; leads wait.'),
  })
  .describe('The inbox, without its token.');

/** The firm's lead inbox in Clio Grow: each finished intake leaves a lead there too. */
export function growRoutes(app: App, { connections }: ConnectionDeps): void {
  const { grow } = connections;
  readRoute(app, connections);
  nameRoute(app, connections);
  app.delete(
    '/connections/grow',
    {
      config: { permission: 'connections:manage' },
      schema: {
        tags,
        summary: 'Leave no more leads in Clio Grow',
        description: 'Forgets the token. Leads that are under way park until the inbox is named again.',
        querystring: z.object({ reason: Reason.default('deleted') }),
        response: { 204: z.null().describe('The token is gone.'), ...problemAnswers },
      },
    },
    async (request, reply) => {
      const { tenantId, subject: actor } = identityOf(request);
      if (!(await grow.letGo(tenantId, { actor, reason: request.query.reason }))) throw none();
      return reply.code(204).send(null);
    },
  );
}

function readRoute(app: App, { grow }: ConnectionDeps['connections']): void {
  app.get(
    '/connections/grow',
    {
      config: { permission: 'connections:read' },
      schema: {
        tags,
        summary: 'The firm’s lead inbox in Clio Grow',
        response: { 200: Inbox, ...problemAnswers },
      },
    },
    async (request) => {
      const inbox = await grow.read(identityOf(request).tenantId);
      if (!inbox) throw none();
      return shown(inbox);
    },
  );
}

function nameRoute(app: App, { grow, reconnected }: ConnectionDeps['connections']): void {
  app.put(
    '/connections/grow',
    {
      config: { permission: 'connections:manage' },
      schema: {
        tags,
        summary: 'Have intakes leave a lead in Clio Grow',
        description:
          'From the next call on. There is no test: whatever is sent to an inbox may become a lead, so a mistyped token shows ' +
          'with the first one, which then waits (with one alert) and goes on when the token is put right here.',
        body: NewInbox,
        response: { 200: Inbox, ...problemAnswers },
      },
    },
    async (request) => {
      const { tenantId, subject: actor } = identityOf(request);
      const { token, reason, region, source_name, referring, lead_id } = request.body;
      const settings = { region, sourceName: source_name, referring, leadId: lead_id };
      const inbox = await grow.name(tenantId, token, settings, { actor, reason });
      await reconnected(tenantId, 'grow');
      return shown(inbox);
    },
  );
}

const none = (): ProblemError => new ProblemError('not_found', 'The firm has named no lead inbox.');

const shown = ({
  region,
  sourceName,
  referring,
  leadId,
  baseUrl,
  refusedAt,
}: InboxView): z.infer<typeof Inbox> => ({
  ...{ region, source_name: sourceName, referring, lead_id: leadId },
  base_url: baseUrl,
  refused_at: refusedAt?.toISOString() ?? null,
});
