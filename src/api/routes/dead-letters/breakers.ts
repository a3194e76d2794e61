import { z } from 'zod';
import { listBreakers, type BreakerView } from '../../../db/breakers.js';
import { ErrorClassName, SystemName } from '../../../db/dead-letter-filter.js';
import { systemOfLane } from '../../../domain/writes.js';
import { breakerWorkflowId, type TenantId } from '../../../domain/ids.js';
import type { App } from '../../app-types.js';
import { identityOf } from '../../plugins/auth.js';
import { problemAnswers } from '../../plugins/openapi.js';
import type { TemporalLink } from '../../temporal-links.js';
import type { DeadLetterDeps } from './deps.js';

const time = z.iso.datetime().nullable();
const Breaker = z
  .object({
    system: SystemName,
    endpoint_id: z.string().nullable().describe('The endpoint, where each has a breaker of its own.'),
    state: z
      .enum(['closed', 'open', 'half_open'])
      .describe(
        'open: nothing is sent; half_open: one waiting write tries alone; closed: everything is sent.',
      ),
    failures: z.int().describe('Attempts in a row without an answer.'),
    cause: ErrorClassName.nullable().describe('How the attempt failed that opened it.'),
    opened_at: time.describe('Since when the system does not answer; null while it does.'),
    next_probe_at: time.describe(
      'When the next write tries alone, or by when the present one should have told.',
    ),
    waiting: z.int().describe('Writes that go on by themselves when it answers.'),
    temporal_url: z.string().nullable(),
  })
  .meta({ id: 'Breaker' });

/** Which outside systems of the firm do not answer, and how many writes wait for them. */
export function breakerRoutes(app: App, { pool, temporalLink }: DeadLetterDeps): void {
  app.get(
    '/dlq/breakers',
    {
      config: { permission: 'dead-letters:read' },
      schema: {
        tags: ['Dead letters'],
        summary: 'Breakers of the firm’s outside systems',
        response: {
          200: z
            .object({ breakers: z.array(Breaker) })
            .describe('One for each system that ever failed to answer; the others are closed.'),
          ...problemAnswers,
        },
      },
    },
    async (request) => {
      const { tenantId } = identityOf(request);
      const rows = await listBreakers(pool, tenantId);
      return { breakers: rows.map((row) => breakerBody(tenantId, row, temporalLink)) };
    },
  );
}

const breakerBody = (tenantId: TenantId, row: BreakerView, link: TemporalLink): z.infer<typeof Breaker> => ({
  system: systemOfLane(row.lane),
  endpoint_id: row.lane.split('.')[1] ?? null,
  state: row.state,
  failures: row.failures,
  cause: row.cause,
  opened_at: isoOrNull(row.openedAtMs),
  next_probe_at: isoOrNull(row.probeAtMs),
  waiting: row.waiting,
  temporal_url: link(breakerWorkflowId(tenantId, row.lane)),
});

const isoOrNull = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
