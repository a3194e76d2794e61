import { z } from 'zod';
import { OperationName } from '../../../db/dead-letter-filter.js';
import { mergePatch } from '../../../domain/masking.js';
import { operations } from '../../../domain/writes.js';
import type { App } from '../../app-types.js';
import { identityOf } from '../../plugins/auth.js';
import { problemAnswers } from '../../plugins/openapi.js';
import { ProblemError } from '../../problems.js';
import { ownWrite } from './decisions.js';
import type { DeadLetterDeps } from './deps.js';
import { Change, diff } from './details.js';
import { MessageId, Reason, Revision } from './shapes.js';

const EditBody = z.strictObject({
  changes: z
    .record(z.string(), z.unknown())
    .optional()
    .describe('Fields to change (RFC 7396: null removes one). Either this or `payload`.'),
  payload: z.record(z.string(), z.unknown()).optional().describe('The whole new payload.'),
  reason: Reason,
  expected_revision: Revision.describe('The revision you saw; refused when somebody decided meanwhile.'),
  dry_run: z.boolean().default(false).describe('Only check, and show what would change.'),
});

const EditAnswer = z
  .object({
    message_id: MessageId,
    result: z.enum(['retried', 'proposed', 'checked']).describe('checked: a dry run that would be accepted.'),
    revision: Revision,
    changes: z.array(Change).describe('Masked.'),
  })
  .describe('What changed.');

export function editRoute(app: App, deps: DeadLetterDeps): void {
  app.post(
    '/dlq/:id/edit',
    {
      config: { permission: 'dead-letters:edit' },
      schema: {
        tags: ['Dead letters'],
        summary: 'Change what a parked write sends, and try it again',
        params: z.object({ id: MessageId }),
        body: EditBody,
        response: { 200: EditAnswer, ...problemAnswers },
      },
    },
    async (request) => {
      const { tenantId, subject: actor } = identityOf(request);
      const { id } = request.params;
      const { reason, expected_revision: expectedRevision, dry_run: isDryRun } = request.body;
      const write = await ownWrite(deps, tenantId, id);
      const { operation, payload: before } = await deps.desk.content(id);
      const payload = checked(operation, edited(before, request.body));
      const changes = diff(before, payload);
      if (changes.length === 0)
        throw new ProblemError('validation', 'Nothing would change: retry it instead.');
      if (isDryRun) {
        if (expectedRevision !== write.revision)
          throw new ProblemError('decision_refused', `The write is at revision ${write.revision}.`);
        return { message_id: id, result: 'checked' as const, revision: write.revision, changes };
      }
      const state = await deps.desk.decide(id, { action: 'edit', actor, reason, expectedRevision, payload });
      const result = state.proposal ? ('proposed' as const) : ('retried' as const);
      return { message_id: id, result, revision: state.revision, changes };
    },
  );
}

function edited(before: unknown, { changes, payload }: z.infer<typeof EditBody>): unknown {
  if ((changes === undefined) === (payload === undefined))
    throw new ProblemError('validation', 'Send either `changes` or `payload`.');
  return payload ?? mergePatch(before, changes);
}

/** @throws ProblemError `validation` naming the fields of the payload that its operation's schema refuses. */
function checked(operation: string, payload: unknown): unknown {
  const { payload: schema } = operations[OperationName.parse(operation)];
  const result = schema.safeParse(payload);
  if (result.success) return result.data;
  const errors = result.error.issues.map((issue) => ({
    field: ['body.payload', ...issue.path.map(String)].join('.'),
    message: issue.message,
  }));
  throw new ProblemError('validation', `The payload is not one of ${operation}.`, errors);
}
