import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { endChannel, insertChannel, listChannels, type ChannelRow } from '../../../db/outgoing/channels.js';
import { withTenant } from '../../../db/tenant.js';
import { addressProblem, channelSeal, shownAddress } from '../../../domain/outgoing/channel.js';
import { targetProblem } from '../../../domain/outgoing/target.js';
import { noticeSystems, type NoticeSystem } from '../../../domain/writes/notice.js';
import type { App } from '../../app-types.js';
import { auditChange } from '../../audit-change.js';
import { identityOf } from '../../plugins/auth.js';
import { problemAnswers } from '../../plugins/openapi.js';
import { ProblemError } from '../../problems.js';
import { refuseAddress } from '../refuse-address.js';
import { Reason } from '../webhooks/shapes.js';
import type { NoticeDeps } from './deps.js';

const tags = ['Webhooks'];
export const ChannelParams = z.object({ id: z.string().regex(/^ch_[0-9a-f]{24}$/) });
const Severity = z.enum(['critical', 'warning']).nullable();

const Channel = z
  .object({
    id: z.string(),
    system: z.enum(noticeSystems),
    address: z.string().describe('With most of it left out.'),
    alerts_from: Severity.describe('The least severe alert that is told here; null: none.'),
    intakes: z.boolean().describe('Told here of every finished intake, by its id.'),
    created_by: z.string(),
    created_at: z.iso.datetime(),
  })
  .meta({ id: 'NoticeChannel' });

const NewChannel = z.strictObject({
  system: z.enum(noticeSystems),
  address: z
    .string()
    .max(2_048)
    .describe('An e-mail address, a telephone number (E.164), Slack’s webhook address, PagerDuty’s key.'),
  alerts_from: Severity.default('warning'),
  intakes: z.boolean().default(false),
  reason: Reason,
});

/** Whom the firm wants to be told of trouble and of finished intakes. */
export function channelRoutes(app: App, deps: NoticeDeps): void {
  createRoute(app, deps);
  listRoute(app, deps);
  deleteRoute(app, deps);
}

function createRoute(app: App, deps: NoticeDeps): void {
  app.post(
    '/notices/channels',
    {
      config: { permission: 'webhooks:change' },
      schema: {
        tags,
        summary: 'Have people told of alerts and intakes',
        body: NewChannel,
        response: { 201: Channel.describe('It is told from now on.'), ...problemAnswers },
      },
    },
    async (request, reply) => {
      const { tenantId, subject: actor } = identityOf(request);
      const { system, address, alerts_from: alertsFrom, intakes, reason } = request.body;
      refuse(deps, system, address);
      const channelId = `ch_${randomBytes(12).toString('hex')}`;
      const shown = shownAddress(system, address);
      const sealed = deps.notices.box.seal(JSON.stringify({ address }), channelSeal(tenantId, channelId));
      const row = await withTenant(deps.pool, tenantId, async (scope) => {
        const channel = { channelId, system, sealed, shown, alertsFrom, intakes, createdBy: actor };
        const inserted = await insertChannel(scope, tenantId, channel);
        const details = { system, shown, alertsFrom, intakes };
        await auditChange(
          scope,
          { tenantId, actor, reason },
          'channel.create',
          subjectOf(channelId),
          details,
        );
        return inserted;
      });
      if (!row) throw new ProblemError('not_found', 'There is no such channel.');
      return reply.code(201).send(channelBody(row));
    },
  );
}

/** @throws ProblemError `validation` naming the field */
function refuse({ notices }: NoticeDeps, system: NoticeSystem, address: string): void {
  if (!notices.carriers.includes(system))
    throw new ProblemError('validation', `This installation is not set up for ${system}.`, [
      { field: 'body.system', message: `is one of ${notices.carriers.join(', ') || 'none'}` },
    ]);
  refuseAddress(
    system === 'slack' ? targetProblem(address, notices.policy) : addressProblem(system, address),
    'body.address',
  );
}

function listRoute(app: App, { pool }: NoticeDeps): void {
  app.get(
    '/notices/channels',
    {
      config: { permission: 'webhooks:read' },
      schema: {
        tags,
        summary: 'Who is told of alerts and intakes',
        response: {
          200: z.object({ channels: z.array(Channel) }).describe('Oldest first.'),
          ...problemAnswers,
        },
      },
    },
    async (request) => {
      const { tenantId } = identityOf(request);
      const rows = await withTenant(pool, tenantId, (scope) => listChannels(scope, tenantId));
      return { channels: rows.map(channelBody) };
    },
  );
}

function deleteRoute(app: App, { pool }: NoticeDeps): void {
  app.delete(
    '/notices/channels/:id',
    {
      config: { permission: 'webhooks:change' },
      schema: {
        tags,
        summary: 'Tell a channel nothing any more',
        params: ChannelParams,
        querystring: z.object({ reason: Reason.default('deleted') }),
        response: { 204: z.null().describe('It is gone.'), ...problemAnswers },
      },
    },
    async (request, reply) => {
      const { tenantId, subject: actor } = identityOf(request);
      const { id } = request.params;
      const { reason } = request.query;
      const isGone = await withTenant(pool, tenantId, async (scope) => {
        const ended = await endChannel(scope, tenantId, id);
        if (ended) await auditChange(scope, { tenantId, actor, reason }, 'channel.delete', subjectOf(id));
        return ended;
      });
      if (!isGone) throw new ProblemError('not_found', 'There is no such channel.');
      return reply.code(204).send(null);
    },
  );
}

/** In the audit log. */
const subjectOf = (channelId: string): string => `channel:${channelId}`;

const channelBody = (row: ChannelRow): z.infer<typeof Channel> => ({
  id: row.channelId,
  system: row.system,
  address: row.shown,
  alerts_from: row.alertsFrom,
  intakes: row.intakes,
  created_by: row.createdBy,
  created_at: row.createdAt.toISOString(),
});
