import type { Pool } from 'pg';
import { z } from 'zod';
import { type CallRow, callStates, findCall, listCalls } from '../../db/call-list.js';
import { CallId } from '../../domain/ids.js';
import type { App } from '../app-types.js';
import { cursorOf, pageOf, pageQuery } from '../cursor.js';
import { identityOf } from '../plugins/auth.js';
import { problemAnswers } from '../plugins/openapi.js';
import { ProblemError } from '../problems.js';

const instant = z.iso.datetime({ offset: true });
const cursors = cursorOf('calls', z.object({ createdAt: instant, callId: CallId }));

const Call = z
  .object({
    call_id: CallId,
    transport: z.string(),
    state: z
      .enum(callStates)
      .describe('waiting and expired: nobody has claimed the session token (yet, or any more).'),
    created_at: z.string(),
    claimed_at: z.iso.datetime().nullable(),
    ended_at: z.iso.datetime().nullable(),
    end_reason: z.string().nullable(),
    disposition: z
      .string()
      .nullable()
      .describe('How the call ended for the firm; null until the intake is written.'),
    links: z.object({ intake: z.string() }),
  })
  .meta({ id: 'Call' });

const CallsQuery = z.object({
  ...pageQuery,
  from: instant
    .optional()
    .describe('Created at or after.')
    .meta({ examples: ['2026-11-01T00:00:00Z'] }),
  to: instant.optional().describe('Created before.'),
  state: z.enum(callStates).optional(),
});

/** Which calls there were. */
export function callRoutes(app: App, { pool }: { pool: Pool }): void {
  app.get(
    '/calls',
    {
      config: { permission: 'calls:read' },
      schema: {
        tags: ['Calls'],
        summary: 'List calls, newest first',
        querystring: CallsQuery,
        response: {
          200: z.object({ calls: z.array(Call), next_cursor: z.string().nullable() }).describe('One page.'),
          ...problemAnswers,
        },
      },
    },
    async (request) => {
      const { limit, cursor, from, to, state } = request.query;
      const rows = await listCalls(pool, identityOf(request).tenantId, {
        limit: limit + 1,
        after: cursor === undefined ? undefined : cursors.decode(cursor),
        fromMs: from === undefined ? undefined : Date.parse(from),
        toMs: to === undefined ? undefined : Date.parse(to),
        state,
      });
      const page = pageOf(rows, limit, ({ createdAt, callId }) => cursors.encode({ createdAt, callId }));
      return { calls: page.rows.map(callBody), next_cursor: page.nextCursor };
    },
  );
  app.get(
    '/calls/:id',
    {
      config: { permission: 'calls:read' },
      schema: {
        tags: ['Calls'],
        summary: 'One call',
        params: z.object({ id: CallId }),
        response: { 200: Call, ...problemAnswers },
      },
    },
    async (request) => {
      const call = await findCall(pool, identityOf(request).tenantId, request.params.id);
      if (!call) throw new ProblemError('not_found', 'Your firm has no call of this id.');
      return callBody(call);
    },
  );
}

const callBody = (call: CallRow): z.infer<typeof Call> => ({
  call_id: call.callId,
  transport: call.transport,
  state: call.state,
  created_at: call.createdAt,
  claimed_at: call.claimedAt?.toISOString() ?? null,
  ended_at: call.endedAt?.toISOString() ?? null,
  end_reason: call.endReason,
  disposition: call.disposition,
  links: { intake: `/api/v1/intakes/${call.callId}` },
});
