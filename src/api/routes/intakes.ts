import type { Pool } from 'pg';
import { z } from 'zod';
import { readIntake } from '../../db/intakes.js';
import { withTenant } from '../../db/tenant.js';
import { type WriteRow, writesOfCall } from '../../db/writes.js';
import { CallId, intakeWorkflowId } from '../../domain/ids.js';
import { IntakeRecord } from '../../domain/intake.js';
import type { App } from '../app-types.js';
import { identityOf } from '../plugins/auth.js';
import { problemAnswers } from '../plugins/openapi.js';
import { ProblemError } from '../problems.js';
import type { TemporalLink } from '../temporal-links.js';

export interface IntakeDeps {
  pool: Pool;
  temporalLink: TemporalLink;
}

const temporalUrl = z
  .string()
  .nullable()
  .describe('This workflow in Temporal UI; null when no UI is configured.');

const Write = z.object({
  workflow_id: z.string(),
  system: z.string(),
  operation: z.string(),
  priority: z.string(),
  state: z.string().describe('running, retrying, backoff, parked, done or discarded.'),
  attempts: z.int(),
  error_class: z.string().nullable(),
  external_id: z.string().nullable().describe('Id of the record in the outside system.'),
  url: z.string().nullable().describe('A page a person can open, such as the payment link.'),
  next_attempt_at: z.iso.datetime().nullable(),
  updated_at: z.iso.datetime(),
  temporal_url: temporalUrl,
});

const Intake = z
  .object({
    call_id: CallId,
    phase: z.string().describe('writing or done.'),
    updated_at: z.iso.datetime(),
    record: IntakeRecord,
    writes: z.array(Write).describe('In the order they began.'),
    temporal_url: temporalUrl,
  })
  .describe('The record of a call and its writes in the firm’s systems.');

/** What a call left behind. */
export function intakeRoutes(app: App, { pool, temporalLink }: IntakeDeps): void {
  app.get(
    '/intakes/:id',
    {
      config: { permission: 'intakes:read' },
      schema: {
        tags: ['Intakes'],
        summary: 'The intake of a call',
        description: 'The id is the call’s. 404 until the call is over and its record is made.',
        params: z.object({ id: CallId }),
        response: { 200: Intake, ...problemAnswers },
      },
    },
    async (request) => {
      const { tenantId } = identityOf(request);
      const callId = request.params.id;
      const found = await withTenant(pool, tenantId, async (scope) => {
        const intake = await readIntake(scope, tenantId, callId);
        return intake && { intake, writes: await writesOfCall(scope, tenantId, callId) };
      });
      if (!found)
        throw new ProblemError('not_found', 'There is no intake of this call yet, or no such call.');
      return {
        call_id: callId,
        phase: found.intake.phase,
        updated_at: found.intake.updatedAt.toISOString(),
        record: found.intake.record,
        writes: found.writes.map((write) => writeBody(write, temporalLink)),
        temporal_url: temporalLink(intakeWorkflowId(tenantId, callId)),
      };
    },
  );
}

const writeBody = (write: WriteRow, temporalLink: TemporalLink): z.infer<typeof Write> => ({
  workflow_id: write.workflowId,
  system: write.system,
  operation: write.operation,
  priority: write.priority,
  state: write.state,
  attempts: write.attempts,
  error_class: write.errorClass,
  external_id: write.externalId,
  url: write.url,
  next_attempt_at: write.nextAttemptAt?.toISOString() ?? null,
  updated_at: write.updatedAt.toISOString(),
  temporal_url: temporalLink(write.workflowId),
});
