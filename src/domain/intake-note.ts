/** The note an intake leaves in Clio: typed facts with the turn they came from, then the transcript if it may be kept. */
import type { z } from 'zod';
import { redactCardNumbers } from './extract/cards.js';
import { areaNames, nameIsIncomplete } from './intake-writes.js';
import type { Field, IntakeRecord } from './intake.js';
import type { Turn } from './turn.js';
import type { NotePayload } from './writes/clio.js';

/** Under the payload's limit of 500,000 characters, with room for the facts. */
const MAX_TRANSCRIPT_CHARS = 480_000;

/** Whether the caller let us keep the words: without a clear refusal, yes (the call is announced as recorded). */
export const mayKeepTranscript = ({ consents }: IntakeRecord): boolean =>
  consents.recording?.value !== 'refused';

/**
 * @param parent the Clio record the note hangs on.
 * @param turns ordered by number.
 */
export function notePayload(
  record: IntakeRecord,
  turns: readonly Turn[],
  parent: z.infer<typeof NotePayload>['parent'],
): z.infer<typeof NotePayload> {
  const date = new Date(record.startedAtMs).toISOString();
  const words = mayKeepTranscript(record)
    ? `Transcript\n${transcript(turns)}`
    : 'The caller refused recording: no transcript was kept.';
  return {
    parent,
    subject: `Telephone intake ${date.slice(0, 10)}`,
    detail: redactCardNumbers([...header(record, date), '', ...facts(record), '', words].join('\n')),
  };
}

function header(record: IntakeRecord, date: string): string[] {
  return [
    `Taken by HERMES, an AI assistant, from ${date} (UTC). Not verified by a person.`,
    `Call ${record.callId}; ended: ${record.endReason}; disposition: ${record.disposition}.`,
    ...(record.endReason === 'transferred'
      ? ['Handed over to a person at the caller’s wish. If nobody took the call, a call-back is due.']
      : []),
    ...(nameIsIncomplete(record) ? ['The full name was not given: the contact carries a placeholder.'] : []),
  ];
}

/** What was told, one line for each field with where it is from. */
export function facts(record: IntakeRecord): string[] {
  const { contact, matter, parties, keyDates, appointment, consents } = record;
  const area = matter.practiceArea;
  return [
    line('First name', contact.firstName),
    line('Last name', contact.lastName),
    line('Phone', contact.phone),
    line('E-mail', contact.email),
    line('Practice area', area && { ...area, value: areaNames[area.value] }),
    line('Incident date', matter.incidentDate),
    line('State', matter.state),
    ...parties.map((party) =>
      line('Party', { ...party, value: `${party.value.name} (${party.value.role})` }),
    ),
    ...keyDates.map((date) =>
      line('Date', {
        ...date,
        value: `${date.value.type} ${date.value.date} (to the ${date.value.precision})`,
      }),
    ),
    line('Wished for a consultation', appointment && { ...appointment, value: wished(appointment.value) }),
    line('Recording', consents.recording),
    line('Text messages', consents.sms),
  ].filter((text) => text !== undefined);
}

const wished = ({ date, time }: { date: string; time?: string | undefined }): string =>
  time === undefined ? date : `${date} at ${time}`;

const line = (label: string, field: Field<string> | undefined): string | undefined =>
  field && `${label}: ${field.value} [${field.source}, turn ${field.turn}]`;

function transcript(turns: readonly Turn[]): string {
  const text = turns
    .map(({ number, role, text: said }) => `${number}. ${role === 'caller' ? 'Caller' : 'HERMES'}: ${said}`)
    .join('\n');
  if (text.length <= MAX_TRANSCRIPT_CHARS) return text;
  return `${text.slice(0, MAX_TRANSCRIPT_CHARS)}\n[cut: the call was longer than a note may be]`;
}
