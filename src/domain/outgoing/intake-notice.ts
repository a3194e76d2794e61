import type { WriteRequest } from '../writes.js';
import type { NoticeSystem } from '../writes/notice.js';
import type { EventData } from './events.js';

/** Tells people that an intake is there to be read: its id and a link, not a word of the caller's. */
export function intakeNotice(
  tenantId: string,
  { channelId, system }: { channelId: string; system: NoticeSystem },
  { eventId, data }: { eventId: string; data: EventData },
  publicUrl: string | undefined,
): WriteRequest {
  const callId = String(data['call_id']);
  const disposition = String(data['disposition']).replaceAll('_', ' ');
  const link = `${publicUrl?.replace(/\/+$/, '')}/api/v1/intakes/${callId}`;
  return {
    operation: `${system}.notice.send`,
    ...{ tenantId, callId, key: `${eventId}.${channelId}`, priority: 'MEDIUM' },
    payload: {
      ...{ channelId, reference: eventId, event: 'trigger', severity: 'info' },
      title: `HERMES: a new intake (${disposition})`,
      text: `A call is over and its intake is ready.\ncall: ${callId}\nnext: ${disposition}`,
      ...(publicUrl !== undefined && { link }),
    },
  };
}
