/** What an intake leaves in Clio beside contact, matter and note: the call in the log, the wished appointment, a task. Pure. */
import type { z } from 'zod';
import type { FirmProfile } from './firm.js';
import { callerName, writePriority } from './intake-writes.js';
import type { IntakeRecord } from './intake.js';
import { dateIn, instantOf } from './local-time.js';
import type {
  AppointmentPayload,
  CommunicationPayload,
  DocumentPayload,
  TaskPayload,
} from './writes/clio.js';

/** The records in Clio that others hang on. */
export interface Parents {
  contactId: number;
  matterId?: number | undefined;
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** The call itself. What was said stands in the note, once. */
export function communicationPayload(
  record: IntakeRecord,
  { contactId, matterId }: Parents,
): z.infer<typeof CommunicationPayload> {
  const { startedAtMs, endedAtMs } = record;
  const minutes = Math.max(1, Math.round((endedAtMs - startedAtMs) / MINUTE_MS));
  return {
    contactId,
    ...(matterId !== undefined && { matterId }),
    subject: 'Telephone call answered by HERMES',
    body: [
      `Incoming call of about ${minutes} min, taken by HERMES, an AI assistant.`,
      `Call ${record.callId}; ended: ${record.endReason}; disposition: ${record.disposition}. See the note for what was said.`,
    ].join('\n'),
    receivedAt: new Date(startedAtMs).toISOString(),
  };
}

/** The intake as a file. Undefined: the firm wants none. @param detail what the note says. */
export function documentPayload(
  record: IntakeRecord,
  { intakeAsDocument, timeZone }: FirmProfile,
  { contactId, matterId }: Parents,
  detail: string,
): z.infer<typeof DocumentPayload> | undefined {
  if (!intakeAsDocument) return undefined;
  const parent =
    matterId === undefined
      ? ({ type: 'contact', id: contactId } as const)
      : ({ type: 'matter', id: matterId } as const);
  return { parent, name: `Telephone intake ${dateIn(record.startedAtMs, timeZone)}.txt`, text: detail };
}

/**
 * The caller's wish as an entry that says it is only that. Undefined: the firm takes none, or no day was said. A day
 * without a time becomes an entry for the whole day.
 */
export function appointmentPayload(
  record: IntakeRecord,
  { appointments, timeZone }: FirmProfile,
  { contactId, matterId }: Parents,
): z.infer<typeof AppointmentPayload> | undefined {
  const { appointment } = record;
  if (!appointments || !appointment) return undefined;
  const { date, time } = appointment.value;
  const startMs = instantOf(date, time ?? '00:00', timeZone);
  const lengthMs = time === undefined ? DAY_MS : appointments.minutes * MINUTE_MS;
  return {
    contactId,
    ...(matterId !== undefined && { matterId }),
    ...(appointments.calendarId !== undefined && { calendarId: appointments.calendarId }),
    summary: `Proposed consultation: ${callerName(record) ?? 'caller'}`,
    description: [
      'Wished for by the caller, not agreed to by anybody of the firm: confirm or change it.',
      `In the caller’s words: “${appointment.verbatim}”.`,
      ...(time === undefined ? ['No time was said.'] : []),
    ].join('\n'),
    startAt: new Date(startMs).toISOString(),
    endAt: new Date(startMs + lengthMs).toISOString(),
    allDay: time === undefined,
  };
}

const CALL_BACK: ReadonlySet<IntakeRecord['disposition']> = new Set(['callback_needed', 'attorney_review']);

/** Somebody has to call back. Undefined: the firm wants no tasks, or nobody waits for a call. */
export function taskPayload(
  record: IntakeRecord,
  { followUpTasks, timeZone }: FirmProfile,
  { matterId }: Parents,
): z.infer<typeof TaskPayload> | undefined {
  if (!followUpTasks || matterId === undefined || !CALL_BACK.has(record.disposition)) return undefined;
  const isUrgent = writePriority(record) !== 'MEDIUM';
  return {
    matterId,
    name: `Call back ${callerName(record) ?? 'the caller'}`,
    description: `Taken by HERMES, an AI assistant. Disposition: ${record.disposition}. See the note of call ${record.callId}.`,
    dueAt: dateIn(record.endedAtMs + (isUrgent ? 0 : DAY_MS), timeZone),
    priority: isUrgent ? 'High' : 'Normal',
  };
}
