/** Decisions about writes, as the audit log keeps them. */
import type { TenantId } from './ids.js';

/** `expire` and `cancel` are taken by no person of the firm: retention ran out, somebody cancelled in Temporal. */
export type DecisionAction =
  'retry' | 'edit' | 'discard' | 'propose' | 'approve' | 'withdraw' | 'expire' | 'cancel';

/** One decision that was accepted. Whatever carries it out writes it to the audit log first. */
export interface DecisionRecord {
  tenantId: TenantId;
  workflowId: string;
  /** Names this decision wherever it is repeated: workflow, revision and moment. */
  eventId: string;
  action: DecisionAction;
  actor: string;
  reason: string;
  /** When the workflow accepted it, epoch milliseconds. */
  atMs: number;
  /** Revision of the write after it. */
  revision: number;
  /** How it came: Temporal's update, signal or cancellation, or the workflow's own timer. */
  via: 'update' | 'signal' | 'cancellation' | 'timer';
  /** What was proposed, approved or withdrawn. */
  about?: 'retry' | 'edit' | 'discard';
  /** Who had proposed what is approved or withdrawn. */
  proposedBy?: string;
  /** The redrive job it belongs to. */
  jobId?: string;
  /** Whole payloads before and after an edit. Privileged: sealed at rest, masked in answers. */
  before?: unknown;
  after?: unknown;
}

/** Binds sealed payloads to their event: copied to another row they do not open. */
export const decisionSeal = ({ tenantId, eventId }: { tenantId: string; eventId: string }): string =>
  `audit/${tenantId}/${eventId}`;
