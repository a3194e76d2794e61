/** What calls, intakes and writes tell the outside. */
import { noteEvent } from '../../db/outgoing/events.js';
import type { TenantScope } from '../../db/tenant.js';
import type { WriteIdentity, WriteProgress } from '../../db/writes.js';
import type { IntakeRecord } from '../../domain/intake.js';
import { isOutgoing, type WriteReceipt } from '../../domain/writes.js';
import type { EndedCall } from '../contracts.js';

/** @returns whether there is something to tell now. */
export const tellOfLanding = (
  scope: TenantScope,
  write: WriteIdentity,
  { externalId, atMs }: WriteReceipt,
): Promise<boolean> => tell(scope, write, 'write.landed', 'done', atMs, { external_id: externalId });

/** Of a write that parked or is over without having landed; others are nobody's business. */
export async function tellOfState(
  scope: TenantScope,
  write: WriteIdentity,
  { state, parkedAtMs, errorClass }: WriteProgress,
): Promise<boolean> {
  const error = errorClass === undefined ? {} : { error_class: errorClass };
  switch (state) {
    case 'parked':
      return tell(scope, write, 'write.parked', `parked/${parkedAtMs ?? 0}`, parkedAtMs ?? Date.now(), error);
    case 'discarded':
      return tell(scope, write, 'write.discarded', 'discarded', Date.now(), {});
    case 'expired':
      return tell(scope, write, 'write.expired', 'expired', Date.now(), error);
    default:
      return false;
  }
}

function tell(
  scope: TenantScope,
  write: WriteIdentity,
  type: 'write.landed' | 'write.parked' | 'write.discarded' | 'write.expired',
  what: string,
  occurredAtMs: number,
  more: Record<string, string>,
): Promise<boolean> {
  const { tenantId, workflowId, callId = null, system, operation, priority } = write;
  // A delivery that told of itself would be told of in turn.
  if (isOutgoing(system)) return Promise.resolve(false);
  const data = {
    ...{ write_id: workflowId, call_id: callId, system, operation, priority },
    ...{ state: what.split('/', 1)[0] ?? what },
    ...more,
  };
  return noteEvent(scope, tenantId, { type, key: `${workflowId}/${what}`, occurredAtMs, data });
}

const iso = (ms: number): string => new Date(ms).toISOString();

export const tellOfCall = (
  scope: TenantScope,
  { tenantId, callId, startedAtMs, endedAtMs, endReason }: EndedCall,
): Promise<boolean> =>
  noteEvent(scope, tenantId, {
    ...{ type: 'call.completed', key: `${callId}/ended`, occurredAtMs: endedAtMs },
    data: {
      ...{ call_id: callId, end_reason: endReason },
      ...{ started_at: iso(startedAtMs), ended_at: iso(endedAtMs) },
    },
  });

export const tellOfIntake = (
  scope: TenantScope,
  { tenantId, callId, disposition, steps = {} }: IntakeRecord,
): Promise<boolean> =>
  noteEvent(scope, tenantId, {
    ...{ type: 'intake.completed', key: `${callId}/intake`, occurredAtMs: Date.now() },
    data: {
      ...{ call_id: callId, disposition },
      writes: Object.values(steps).filter(({ status }) => status === 'done').length,
    },
  });
