/** Decisions about writes on their way into the audit log. */
import { appendAudit } from '../db/audit.js';
import type { TenantScope } from '../db/tenant.js';
import { type DecisionRecord, decisionSeal } from '../domain/decisions.js';
import type { SecretBox } from './vendor-tokens.js';

/**
 * Writes decisions to the firm's chain, in order; those that are there already are passed over. Part of the transaction
 * of whatever carries them out, so that no decision takes effect without a trace.
 */
export async function recordDecisions(
  scope: TenantScope,
  box: Pick<SecretBox, 'seal'>,
  decisions: readonly DecisionRecord[] = [],
): Promise<void> {
  for (const decision of decisions) {
    const { tenantId, eventId, workflowId, action, actor, reason, atMs, revision, via, jobId } = decision;
    const { before, after, about, proposedBy } = decision;
    const isEdit = before !== undefined || after !== undefined;
    await appendAudit(scope, {
      ...{ tenantId, eventId, atMs, actor, reason },
      action: `write.${action}`,
      subject: workflowId,
      details: {
        ...{ revision, via },
        ...(about && { about }),
        ...(proposedBy !== undefined && { proposedBy }),
        ...(jobId !== undefined && { jobId }),
      },
      ...(isEdit && { sealed: box.seal(JSON.stringify({ before, after }), decisionSeal(decision)) }),
    });
  }
}
