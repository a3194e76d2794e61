import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { findChannel } from '../../../db/outgoing/channels.js';
import { withTenant } from '../../../db/tenant.js';
import { noticeLadder } from '../../../domain/outgoing/ladder.js';
import type { App } from '../../app-types.js';
import { identityOf } from '../../plugins/auth.js';
import { problemAnswers } from '../../plugins/openapi.js';
import { ProblemError } from '../../problems.js';
import { ChannelParams } from './channels.js';
import type { NoticeDeps } from './deps.js';

/** One notice on request: a channel that was mistyped should be found before there is trouble. */
export function testNoticeRoute(app: App, { pool, notices }: NoticeDeps): void {
  app.post(
    '/notices/channels/:id/test',
    {
      config: { permission: 'webhooks:change' },
      schema: {
        tags: ['Webhooks'],
        summary: 'Send a test notice',
        params: ChannelParams,
        response: {
          202: z
            .object({ write_id: z.string().describe('See it at `/api/v1/dlq/{id}`.') })
            .describe('It is on its way.'),
          ...problemAnswers,
        },
      },
    },
    async (request, reply) => {
      const { tenantId } = identityOf(request);
      const { id: channelId } = request.params;
      const channel = await withTenant(pool, tenantId, (scope) => findChannel(scope, tenantId, channelId));
      if (channel?.state !== 'active') throw new ProblemError('not_found', 'There is no such channel.');
      const reference = `test-${randomBytes(8).toString('hex')}`;
      const writeId = await notices.start(
        {
          operation: `${channel.system}.notice.send`,
          ...{ tenantId, key: `${reference}.${channelId}`, priority: 'LOW' },
          payload: {
            ...{ channelId, reference, event: 'trigger', severity: 'info' },
            title: 'HERMES test notice',
            text: 'Somebody of your firm has asked for this notice. Nothing is wrong.',
          },
        },
        noticeLadder,
      );
      return reply.code(202).send({ write_id: writeId });
    },
  );
}
