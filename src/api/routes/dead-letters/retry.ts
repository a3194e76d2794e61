import { z } from 'zod';
import type { App } from '../../app-types.js';
import { identityOf } from '../../plugins/auth.js';
import { problemAnswers } from '../../plugins/openapi.js';
import type { DeadLetterDeps } from './deps.js';
import { MessageId, Reason } from './shapes.js';

const MAX_IDS = 100;

const RetryBody = z.strictObject({
  message_ids: z.array(MessageId).min(1).max(MAX_IDS),
  reason: Reason.default('retried through the API'),
});
const RetryAnswer = z
  .object({
    results: z.array(
      z.object({
        message_id: MessageId,
        result: z
          .enum(['retried', 'proposed', 'not_parked', 'not_found', 'failed'])
          .describe('proposed: it concerns money, and a second person must approve it.'),
        detail: z.string().optional(),
      }),
    ),
  })
  .describe('One result for each id, in the order they were sent.');

export function retryRoute(app: App, { retry }: DeadLetterDeps): void {
  app.post(
    '/dlq/retry',
    {
      config: { permission: 'dead-letters:retry' },
      schema: {
        tags: ['Dead letters'],
        summary: 'Retry parked writes',
        description:
          'Asking twice retries once. The result of each id is its own: the answer is 200 even if some failed.',
        body: RetryBody,
        response: { 200: RetryAnswer, ...problemAnswers },
      },
    },
    async (request) => {
      const { tenantId, subject } = identityOf(request);
      const { message_ids: workflowIds, reason } = request.body;
      const results = await retry({ tenantId, workflowIds, actor: subject, reason });
      return { results: results.map(({ workflowId, ...rest }) => ({ message_id: workflowId, ...rest })) };
    },
  );
}
