/** Decisions about writes on their way into the audit log. */
import { appendAudit } from '../db/audit.js';
import type { TenantScope } from '../db/tenant.js';
import type { DecisionRecord } from '../domain/decisions.js';
import type { SecretBox } from './vendor-tokens.js';

/** Binds a sealed payload to its event: copied to another row it does not open. */
export const sealedContext = ({ tenantId, eventId }: { tenantId: string; eventId: string }): string =>
  `audit/${tenantId}/${eventId}`;

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
    const { before, after } = decision;
    const isEdit = before !== undefined || after !== undefined;
    await appendAudit(scope, {
      ...{ tenantId, eventId, atMs, actor, reason },
      action: `write.${action}`,
      subject: workflowId,
      details: { revision, via, ...(jobId !== undefined && { jobId }) },
      ...(isEdit && { sealed: box.seal(JSON.stringify({ before, after }), sealedContext(decision)) }),
    });
  }
}
