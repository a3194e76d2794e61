/** What an intake leaves in Grow's lead inbox. Pure. */
import { redactCardNumbers } from './extract/cards.js';
import { facts, mayKeepTranscript } from './intake-note.js';
import { contactPayload, nameIsIncomplete } from './intake-writes.js';
import type { IntakeRecord } from './intake.js';
import { MAX_LEAD_MESSAGE_CHARS, type LeadPayload } from './writes/grow.js';
import type { Priority } from './writes/request.js';

/** A lead that is lost is a client who is lost, and one of unknown outcome waits for a person: never behind ordinary work. */
export const LEAD_PRIORITY: Priority = 'HIGH';

/** Whether the intake leaves a lead: the firm had an inbox when the call ended. */
export const leavesLead = ({ targets }: IntakeRecord): boolean => targets?.includes('grow') ?? false;

/** Names are what was given, with Clio's placeholders for the rest; all answers are in the message, the firm's only view of them. */
export const leadPayload = (record: IntakeRecord): LeadPayload => ({
  ...contactPayload(record),
  message: messageOf(record),
});

const CUT = '\n[cut: the whole intake is in HERMES]';

function messageOf(record: IntakeRecord): string {
  const text = redactCardNumbers(
    [...opening(record), '', ...facts(record), ...inTheirWords(record)].join('\n'),
  );
  return text.length <= MAX_LEAD_MESSAGE_CHARS
    ? text
    : text.slice(0, MAX_LEAD_MESSAGE_CHARS - CUT.length) + CUT;
}

/** The call's id is what a person looks for when nobody knows whether the lead arrived. */
const opening = (record: IntakeRecord): string[] => [
  `Telephone call taken by HERMES, an AI assistant, on ${new Date(record.startedAtMs).toISOString()} (UTC).`,
  'Not verified by a person and not checked for conflicts of interest.',
  `Call ${record.callId}; ended: ${record.endReason}; disposition: ${record.disposition}.`,
  ...(nameIsIncomplete(record) ? ['The full name was not given: the lead carries a placeholder.'] : []),
];

/** As in the note: without the consent to record, no words are kept. */
function inTheirWords(record: IntakeRecord): string[] {
  const { narrative } = record.matter;
  if (narrative.length === 0 || !mayKeepTranscript(record)) return [];
  return ['', 'In the caller’s words', ...narrative.map(({ value }) => value)];
}
