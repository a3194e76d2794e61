import { z } from 'zod';
import { auditOf, type SubjectEvent } from '../../../db/audit.js';
import { ErrorClassName, SystemName } from '../../../db/dead-letter-filter.js';
import { type WriteDetails, writeDetails } from '../../../db/dead-letter-details.js';
import { withTenant } from '../../../db/tenant.js';
import { decisionSeal } from '../../../domain/decisions.js';
import { changesBetween, masked, maskedChange } from '../../../domain/masking.js';
import { Priority } from '../../../domain/writes.js';
import type { App } from '../../app-types.js';
import { identityOf } from '../../plugins/auth.js';
import { problemAnswers } from '../../plugins/openapi.js';
import { ProblemError } from '../../problems.js';
import type { DeadLetterDeps } from './deps.js';
import { MessageId, Revision } from './shapes.js';

/** A field before and after, masked. */
export const Change = z
  .object({
    field: z.string().describe('Dotted path in the payload.'),
    before: z.unknown(),
    after: z.unknown(),
  })
  .meta({ id: 'PayloadChange' });

const Details = z
  .object({
    message_id: MessageId,
    call_id: z.string().nullable(),
    system: SystemName,
    operation: z.string(),
    priority: Priority,
    state: z.string(),
    error_class: ErrorClassName.nullable(),
    error_message: z.string().nullable(),
    fingerprint: z.string().nullable(),
    revision: Revision,
    proposed_by: z.string().nullable(),
    external_id: z.string().nullable(),
    parked_at: z.iso.datetime().nullable(),
    next_attempt_at: z.iso.datetime().nullable(),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
    payload: z
      .unknown()
      .describe('What is sent, masked: numbers and our own words as they are, names by their first letters.'),
    payload_available: z
      .boolean()
      .describe('false: no worker answered, or the write is over and its history gone.'),
    proposed_changes: z.array(Change).optional().describe('What a proposed edit would change, masked.'),
    attempts: z.int(),
    errors: z
      .array(
        z.object({
          attempt: z.int(),
          at: z.iso.datetime(),
          error_class: ErrorClassName,
          error_message: z.string().nullable(),
        }),
      )
      .describe('Failed attempts, latest first, at most a hundred.'),
    decisions: z
      .array(
        z.object({
          at: z.iso.datetime(),
          actor: z.string(),
          action: z.string(),
          reason: z.string(),
          details: z.record(z.string(), z.unknown()),
          changes: z.array(Change).optional().describe('What an edit changed, masked.'),
        }),
      )
      .describe('Decisions taken about it, oldest first.'),
    history_url: z.string().nullable().describe('Its history in Temporal UI; null when no UI is configured.'),
  })
  .describe('One write, whatever its state.');

const DECISIONS_SHOWN = 100;

export function detailsRoute(app: App, deps: DeadLetterDeps): void {
  app.get(
    '/dlq/:id',
    {
      config: { permission: 'dead-letters:read' },
      schema: {
        tags: ['Dead letters'],
        summary: 'One write with its attempts, errors and decisions',
        params: z.object({ id: MessageId }),
        response: { 200: Details, ...problemAnswers },
      },
    },
    async (request) => {
      const { tenantId } = identityOf(request);
      const { id } = request.params;
      const found = await withTenant(deps.pool, tenantId, async (scope) => {
        const details = await writeDetails(scope, tenantId, id);
        return details && { details, decisions: await auditOf(scope, tenantId, id, DECISIONS_SHOWN) };
      });
      if (!found) throw new ProblemError('not_found', 'There is no such write.');
      // A list that works without Temporal should not end in an error behind every entry.
      const content = await deps.desk.content(id).catch(() => undefined);
      const change =
        content?.proposed === undefined ? {} : { proposed_changes: diff(content.payload, content.proposed) };
      return {
        ...bodyOf(found.details),
        payload: masked(content?.payload ?? null),
        payload_available: content !== undefined,
        ...change,
        decisions: found.decisions.map((event) => decisionBody(event, deps.box)),
        history_url: deps.temporalLink(id),
      };
    },
  );
}

/** What differs between two payloads, masked. */
export const diff = (before: unknown, after: unknown): z.infer<typeof Change>[] =>
  changesBetween(before, after).map(maskedChange);

const bodyOf = ({ write, attempts }: WriteDetails) => ({
  message_id: write.workflowId,
  call_id: write.callId,
  system: write.system,
  operation: write.operation,
  priority: write.priority,
  state: write.state,
  error_class: write.errorClass,
  error_message: write.errorMessage,
  fingerprint: write.fingerprint,
  revision: write.revision,
  proposed_by: write.proposedBy,
  external_id: write.externalId,
  parked_at: write.parkedAt?.toISOString() ?? null,
  next_attempt_at: write.nextAttemptAt?.toISOString() ?? null,
  created_at: write.createdAt.toISOString(),
  updated_at: write.updatedAt.toISOString(),
  attempts: write.attempts,
  errors: attempts.map(({ attempt, at, errorClass, errorMessage }) => ({
    attempt,
    at: at.toISOString(),
    error_class: errorClass,
    error_message: errorMessage,
  })),
});

function decisionBody(event: SubjectEvent, box: DeadLetterDeps['box']) {
  const { at, actor, action, reason, details, sealed } = event;
  const body = { at: at.toISOString(), actor, action, reason, details };
  if (!sealed) return body;
  const edit = JSON.parse(box.open(sealed, decisionSeal(event))) as { before: unknown; after: unknown };
  return { ...body, changes: diff(edit.before, edit.after) };
}
