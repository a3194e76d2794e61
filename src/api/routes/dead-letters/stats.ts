import { z } from 'zod';
import { ErrorClassName, OperationName, SystemName } from '../../../db/dead-letter-filter.js';
import { ageBuckets, deadLetterStats } from '../../../db/dead-letter-stats.js';
import { Priority } from '../../../domain/writes.js';
import type { App } from '../../app-types.js';
import { judgeDeadLetters } from '../../dead-letters/health.js';
import { identityOf } from '../../plugins/auth.js';
import { problemAnswers } from '../../plugins/openapi.js';
import type { DeadLetterDeps } from './deps.js';

const Stats = z
  .object({
    parked: z.int(),
    by_priority: z.partialRecord(Priority, z.int()),
    by_system: z.partialRecord(SystemName, z.int()),
    by_operation: z.partialRecord(OperationName, z.int()),
    by_error_class: z.partialRecord(ErrorClassName, z.int()).describe('By cause.'),
    by_age: z.partialRecord(z.enum(ageBuckets), z.int()).describe('How long parked; names are upper bounds.'),
    by_tenant: z.record(z.string(), z.int()).describe('Your firm; no token sees another one.'),
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
  .describe('Counts of parked writes. Only keys with parked writes appear.');

export function statsRoute(app: App, { pool }: DeadLetterDeps): void {
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
      const { tenantId } = identityOf(request);
      const stats = await deadLetterStats(pool, tenantId);
      const { health, requiresAttention, oldestAgeMs } = judgeDeadLetters(stats, Date.now());
      return {
        parked: stats.parked,
        by_priority: stats.byPriority,
        by_system: stats.bySystem,
        by_operation: stats.byOperation,
        by_error_class: stats.byErrorClass,
        by_age: stats.byAge,
        by_tenant: stats.parked > 0 ? { [tenantId]: stats.parked } : {},
        oldest_age_seconds: oldestAgeMs === null ? null : Math.floor(oldestAgeMs / 1_000),
        requires_attention: requiresAttention,
        health_status: health,
      };
    },
  );
}
