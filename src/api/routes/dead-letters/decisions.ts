import { z } from 'zod';
import { type WriteDetails, writeDetails } from '../../../db/dead-letter-details.js';
import { withTenant } from '../../../db/tenant.js';
import type { TenantId } from '../../../domain/ids.js';
import type { Resolution, WriteState } from '../../../workflows/messages.js';
import type { App } from '../../app-types.js';
import type { Permission } from '../../permissions.js';
import { identityOf } from '../../plugins/auth.js';
import { problemAnswers } from '../../plugins/openapi.js';
import { ProblemError } from '../../problems.js';
import type { DeadLetterDeps } from './deps.js';
import { MessageId, Reason, Revision } from './shapes.js';

const Body = z.strictObject({
  reason: Reason,
  expected_revision: Revision.describe('The revision you saw; refused when somebody decided meanwhile.'),
});

export const Decided = z
  .object({
    message_id: MessageId,
    result: z.enum(['retried', 'discarded', 'proposed', 'withdrawn']),
    revision: Revision,
  })
  .describe('What the write does now. proposed: a second person must approve it.');

type Action = Exclude<Resolution['action'], 'retry' | 'edit'>;

const routes: Record<Action, { permission: Permission; summary: string }> = {
  discard: { permission: 'dead-letters:discard', summary: 'Give a parked write up' },
  approve: { permission: 'dead-letters:approve', summary: 'Carry out what another person proposed' },
  withdraw: { permission: 'dead-letters:retry', summary: 'Drop a proposed decision' },
};

export function decisionRoutes(app: App, deps: DeadLetterDeps): void {
  for (const action of Object.keys(routes) as Action[]) decisionRoute(app, deps, action);
}

function decisionRoute(app: App, deps: DeadLetterDeps, action: Action): void {
  const { permission, summary } = routes[action];
  app.post(
    `/dlq/:id/${action}`,
    {
      config: { permission },
      schema: {
        tags: ['Dead letters'],
        summary,
        params: z.object({ id: MessageId }),
        body: Body,
        response: { 200: Decided, ...problemAnswers },
      },
    },
    async (request) => {
      const { tenantId, subject: actor } = identityOf(request);
      const { id } = request.params;
      const { reason, expected_revision: expectedRevision } = request.body;
      await ownWrite(deps, tenantId, id);
      return decided(id, action, await deps.desk.decide(id, { action, actor, reason, expectedRevision }));
    },
  );
}

/** @throws ProblemError `not_found` for ids that are not this firm's. */
export async function ownWrite(
  { pool }: Pick<DeadLetterDeps, 'pool'>,
  tenantId: TenantId,
  workflowId: string,
): Promise<WriteDetails['write']> {
  const found = await withTenant(pool, tenantId, (scope) => writeDetails(scope, tenantId, workflowId));
  if (!found) throw new ProblemError('not_found', 'There is no such write.');
  return found.write;
}

/** What became of an accepted decision. */
export function decided(
  workflowId: string,
  action: Resolution['action'],
  { phase, proposal, revision }: WriteState,
): z.infer<typeof Decided> {
  const carriedOut = phase === 'discarded' ? 'discarded' : 'retried';
  const result = action === 'withdraw' ? 'withdrawn' : proposal ? 'proposed' : carriedOut;
  return { message_id: workflowId, result, revision };
}
