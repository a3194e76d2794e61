import type { Pool } from 'pg';
import { z } from 'zod';
import { deadLetterStats, type DeadLetterRow, listDeadLetters } from '../../db/dead-letters.js';
import { errorClasses } from '../../domain/failures.js';
import { CallId } from '../../domain/ids.js';
import { operations, Priority, type System } from '../../domain/writes.js';
import type { App } from '../app-types.js';
import { cursorOf, pageOf, pageQuery } from '../cursor.js';
import { judgeDeadLetters } from '../dead-letter-health.js';
import type { RetryDeadLetters } from '../dead-letter-retry.js';
import { identityOf } from '../plugins/auth.js';
import { problemAnswers } from '../plugins/openapi.js';
import type { TemporalLink } from '../temporal-links.js';

export interface DeadLetterDeps {
  pool: Pool;
  temporalLink: TemporalLink;
  retry: RetryDeadLetters;
}

const MAX_IDS = 100;
const cursors = cursorOf(
  'dead-letters',
  z.object({ parkedAt: z.iso.datetime(), workflowId: z.string().max(255) }),
);
const systems = [...new Set(Object.values(operations).map((o) => o.system))] as [System, ...System[]];
const SystemName = z.enum(systems);
const ErrorClassName = z.enum(errorClasses);
const MessageId = z.string().min(1).max(255).describe('Id of the write’s workflow.');

const DeadLetter = z
  .object({
    message_id: MessageId,
    call_id: CallId,
    system: SystemName,
    operation: z.string(),
    priority: Priority,
    error_class: ErrorClassName.nullable(),
    error_message: z.string().nullable(),
    attempts: z.int(),
    revision: z.int().describe('Decisions taken so far.'),
    parked_at: z.string(),
    temporal_url: z.string().nullable(),
  })
  .meta({ id: 'DeadLetter' });

const Stats = z
  .object({
    parked: z.int(),
    by_priority: z.partialRecord(Priority, z.int()),
    by_system: z.partialRecord(SystemName, z.int()),
    by_error_class: z.partialRecord(ErrorClassName, z.int()),
    oldest_age_seconds: z
      .int()
      .nullable()
      .describe('How long the oldest has been parked; null when none is.'),
    requires_attention: z
      .boolean()
      .describe('A CRITICAL or HIGH write is parked, or one for more than four hours.'),
    health_status: z
      .enum(['healthy', 'degraded', 'critical'])
      .describe('healthy: none parked; critical: one is CRITICAL or older than four hours; else degraded.'),
  })
  .describe('Counts of parked writes.');

const RetryBody = z.strictObject({
  message_ids: z.array(MessageId).min(1).max(MAX_IDS),
  reason: z
    .string()
    .trim()
    .min(1)
    .max(500)
    .default('retried through the API')
    .describe('Kept with the decision.'),
});
const RetryAnswer = z
  .object({
    results: z.array(
      z.object({
        message_id: MessageId,
        result: z.enum(['retried', 'not_parked', 'not_found', 'failed']),
        detail: z.string().optional(),
      }),
    ),
  })
  .describe('One result for each id, in the order they were sent.');

/** Parked writes, and the decision to try them again. */
export function deadLetterRoutes(app: App, deps: DeadLetterDeps): void {
  listRoute(app, deps);
  statsRoute(app, deps);
  retryRoute(app, deps);
}

function listRoute(app: App, { pool, temporalLink }: DeadLetterDeps): void {
  app.get(
    '/dlq/list',
    {
      config: { permission: 'dead-letters:read' },
      schema: {
        tags: ['Dead letters'],
        summary: 'List parked writes, longest parked first',
        querystring: z.object({
          ...pageQuery,
          system: SystemName.optional(),
          priority: Priority.optional(),
          error_class: ErrorClassName.optional(),
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
      const { limit, cursor, system, priority, error_class } = request.query;
      const after = cursor === undefined ? undefined : cursors.decode(cursor);
      const query = { system, priority, errorClass: error_class, after, limit: limit + 1 };
      const rows = await listDeadLetters(pool, identityOf(request).tenantId, query);
      const page = pageOf(rows, limit, ({ parkedAt, workflowId }) =>
        cursors.encode({ parkedAt, workflowId }),
      );
      return {
        messages: page.rows.map((row) => messageBody(row, temporalLink)),
        next_cursor: page.nextCursor,
      };
    },
  );
}

function statsRoute(app: App, { pool }: DeadLetterDeps): void {
  app.get(
    '/dlq/stats',
    {
      config: { permission: 'dead-letters:read' },
      schema: {
        tags: ['Dead letters'],
        summary: 'Count parked writes',
        response: { 200: Stats, ...problemAnswers },
      },
    },
    async (request) => {
      const stats = await deadLetterStats(pool, identityOf(request).tenantId);
      const { health, requiresAttention, oldestAgeMs } = judgeDeadLetters(stats, Date.now());
      return {
        parked: stats.parked,
        by_priority: stats.byPriority,
        by_system: stats.bySystem,
        by_error_class: stats.byErrorClass,
        oldest_age_seconds: oldestAgeMs === null ? null : Math.floor(oldestAgeMs / 1_000),
        requires_attention: requiresAttention,
        health_status: health,
      };
    },
  );
}

function retryRoute(app: App, { retry }: DeadLetterDeps): void {
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

const messageBody = (row: DeadLetterRow, temporalLink: TemporalLink): z.infer<typeof DeadLetter> => ({
  message_id: row.workflowId,
  call_id: row.callId,
  system: row.system,
  operation: row.operation,
  priority: row.priority,
  error_class: row.errorClass,
  error_message: row.errorMessage,
  attempts: row.attempts,
  revision: row.revision,
  parked_at: row.parkedAt,
  temporal_url: temporalLink(row.workflowId),
});
