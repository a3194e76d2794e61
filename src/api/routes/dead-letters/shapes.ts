/** Schemas that the routes of dead letters share. */
import { z } from 'zod';
import {
  DeadLetterFilter,
  ErrorClassName,
  OperationName,
  SystemName,
} from '../../../db/dead-letter-filter.js';
import type { DeadLetterRow } from '../../../db/dead-letters.js';
import { Priority } from '../../../domain/writes.js';
import type { TemporalLink } from '../../temporal-links.js';

export const MessageId = z.string().min(1).max(255).describe('Id of the write’s workflow.');
export const Reason = z.string().trim().min(1).max(500).describe('Why; kept with the decision.');
export const Revision = z.int().min(0).describe('Decisions taken so far.');

export const DeadLetter = z
  .object({
    message_id: MessageId,
    call_id: z.string().nullable(),
    system: SystemName,
    operation: z.string(),
    priority: Priority,
    error_class: ErrorClassName.nullable(),
    error_message: z.string().nullable(),
    fingerprint: z.string().nullable().describe('The issue it belongs to.'),
    attempts: z.int(),
    revision: Revision,
    proposed_by: z.string().nullable().describe('Who proposed a decision that a second person must approve.'),
    parked_at: z.string(),
    temporal_url: z.string().nullable(),
  })
  .meta({ id: 'DeadLetter' });

export const messageBody = (row: DeadLetterRow, temporalLink: TemporalLink): z.infer<typeof DeadLetter> => ({
  message_id: row.workflowId,
  call_id: row.callId,
  system: row.system,
  operation: row.operation,
  priority: row.priority,
  error_class: row.errorClass,
  error_message: row.errorMessage,
  fingerprint: row.fingerprint,
  attempts: row.attempts,
  revision: row.revision,
  proposed_by: row.proposedBy,
  parked_at: row.parkedAt,
  temporal_url: temporalLink(row.workflowId),
});

/** The filter as requests give it. Every field narrows. */
export const filterFields = {
  system: SystemName.optional(),
  operation: OperationName.optional(),
  priority: Priority.optional(),
  error_class: ErrorClassName.optional(),
  fingerprint: z.string().max(64).optional().describe('Writes of one issue.'),
  call_id: z.string().max(100).optional(),
  parked_from: z.iso.datetime().optional().describe('Parked at or after this time.'),
  parked_before: z.iso.datetime().optional().describe('Parked before this time.'),
};
type GivenFilter = z.infer<z.ZodObject<typeof filterFields>>;

/** @returns the filter with nothing in it that was not given. */
export function filterOf(given: GivenFilter, awaitingApproval?: boolean): DeadLetterFilter {
  const { error_class, call_id, parked_from, parked_before, system, operation, priority, fingerprint } =
    given;
  return DeadLetterFilter.parse({
    ...{ system, operation, priority, fingerprint, awaitingApproval },
    errorClass: error_class,
    callId: call_id,
    parkedFromMs: parked_from && Date.parse(parked_from),
    parkedBeforeMs: parked_before && Date.parse(parked_before),
  });
}
