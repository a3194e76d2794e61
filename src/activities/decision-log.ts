/** Decisions about writes on their way into the audit log. */
import type { Pool } from 'pg';
import { appendAllAudit, type AuditEvent } from '../db/audit.js';
import { withTenant, type TenantScope } from '../db/tenant.js';
import { type DecisionRecord, decisionSeal } from '../domain/decisions.js';
import type { TenantId } from '../domain/ids.js';
import { together } from './together.js';
import type { SecretBox } from './vendor-tokens.js';

type Sealer = Pick<SecretBox, 'seal'>;

/**
 * Writes decisions to the firm's chain, in order; those that are there already are passed over. Part of the transaction
 * of whatever carries them out, so that no decision takes effect without a trace.
 */
export async function recordDecisions(
  scope: TenantScope,
  tenantId: TenantId,
  box: Sealer,
  decisions: readonly DecisionRecord[] = [],
): Promise<void> {
  await appendAllAudit(
    scope,
    tenantId,
    decisions.map((decision) => eventOf(decision, box)),
  );
}

/** Records what leads to an attempt. */
export type DecisionLog = (tenantId: TenantId, decisions?: readonly DecisionRecord[]) => Promise<void>;

/**
 * A transaction before the attempt, shared by all of a firm that come at once: of a redrive thousands do, and a chain that
 * each of them locks for itself holds them all up.
 */
export function createDecisionLog(pool: Pool, box: Sealer): DecisionLog {
  const firms = new Map<TenantId, (decisions: readonly DecisionRecord[]) => Promise<void>>();
  const append = (tenantId: TenantId, decisions: readonly DecisionRecord[]): Promise<void> =>
    withTenant(pool, tenantId, (scope) => recordDecisions(scope, tenantId, box, decisions));
  return async (tenantId, decisions = []) => {
    if (decisions.length === 0) return;
    const record = firms.get(tenantId) ?? together<DecisionRecord>((all) => append(tenantId, all));
    firms.set(tenantId, record);
    // What cannot be written (a reason with a zero byte, by hand) must not hold up the others it came with.
    await record(decisions).catch(() => append(tenantId, decisions));
  };
}

function eventOf(decision: DecisionRecord, box: Sealer): AuditEvent {
  const { tenantId, eventId, workflowId, action, actor, reason, atMs, revision, via, jobId } = decision;
  const { before, after, about, proposedBy } = decision;
  const isEdit = before !== undefined || after !== undefined;
  return {
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
  };
}
