import { z } from 'zod';
import { lastReconciliation } from '../../../db/reconciliation.js';
import { withTenant } from '../../../db/tenant.js';
import type { App } from '../../app-types.js';
import { identityOf } from '../../plugins/auth.js';
import { problemAnswers } from '../../plugins/openapi.js';
import { ProblemError } from '../../problems.js';
import type { DeadLetterDeps } from './deps.js';

const Reconciliation = z
  .object({
    at: z.iso.datetime(),
    compared: z.int().describe('Writes that the list or Temporal showed as waiting.'),
    drift: z.int().describe('Rows that contradicted their workflow; they were put right.'),
    drift_total: z.int().describe('Since the firm was set up.'),
    last_drift_at: z.iso.datetime().nullable(),
  })
  .describe('What the last comparison found.');

/** Whether the list agrees with Temporal. */
export function reconciliationRoute(app: App, { pool }: DeadLetterDeps): void {
  app.get(
    '/dlq/reconciliation',
    {
      config: { permission: 'dead-letters:read' },
      schema: {
        tags: ['Dead letters'],
        summary: 'When the list was last compared with Temporal',
        response: { 200: Reconciliation, ...problemAnswers },
      },
    },
    async (request) => {
      const { tenantId } = identityOf(request);
      const last = await withTenant(pool, tenantId, (scope) => lastReconciliation(scope, tenantId));
      if (!last) throw new ProblemError('not_found', 'No comparison has run yet.');
      return {
        at: last.at.toISOString(),
        compared: last.compared,
        drift: last.drift,
        drift_total: last.driftTotal,
        last_drift_at: last.lastDriftAt?.toISOString() ?? null,
      };
    },
  );
}
