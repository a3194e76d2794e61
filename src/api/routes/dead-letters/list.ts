import { z } from 'zod';
import { deadLetterSorts, listDeadLetters } from '../../../db/dead-letters.js';
import type { App } from '../../app-types.js';
import { cursorOf, pageOf, pageQuery } from '../../cursor.js';
import { identityOf } from '../../plugins/auth.js';
import { problemAnswers } from '../../plugins/openapi.js';
import type { DeadLetterDeps } from './deps.js';
import { DeadLetter, filterFields, filterOf, messageBody } from './shapes.js';

const Position = z.object({
  parkedAt: z.iso.datetime(),
  workflowId: z.string().max(255),
  priorityRank: z.int(),
});
/** A cursor belongs to the order it was made in. */
const cursors = {
  oldest: cursorOf('dead-letters', Position),
  newest: cursorOf('dead-letters/newest', Position),
  priority: cursorOf('dead-letters/priority', Position),
};

export function listRoute(app: App, { pool, temporalLink }: DeadLetterDeps): void {
  app.get(
    '/dlq/list',
    {
      config: { permission: 'dead-letters:read' },
      schema: {
        tags: ['Dead letters'],
        summary: 'List parked writes',
        querystring: z.object({
          ...pageQuery,
          ...filterFields,
          awaiting_approval: z
            .enum(['true', 'false'])
            .optional()
            .describe('Only writes (or no writes) with a decision that waits for a second person.'),
          sort: z
            .enum(deadLetterSorts)
            .default('oldest')
            .describe('Longest parked first, latest parked first, or CRITICAL first.'),
        }),
        response: {
          200: z
            .object({ messages: z.array(DeadLetter), next_cursor: z.string().nullable() })
            .describe('One page.'),
          ...problemAnswers,
        },
      },
    },
    async (request) => {
      const { limit, cursor, sort, awaiting_approval, ...given } = request.query;
      const awaiting = awaiting_approval === undefined ? undefined : awaiting_approval === 'true';
      const rows = await listDeadLetters(pool, identityOf(request).tenantId, {
        filter: filterOf(given, awaiting),
        sort,
        after: cursor === undefined ? undefined : cursors[sort].decode(cursor),
        limit: limit + 1,
      });
      const page = pageOf(rows, limit, ({ parkedAt, workflowId, priorityRank }) =>
        cursors[sort].encode({ parkedAt, workflowId, priorityRank }),
      );
      return {
        messages: page.rows.map((row) => messageBody(row, temporalLink)),
        next_cursor: page.nextCursor,
      };
    },
  );
}
