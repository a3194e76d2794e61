/** Appointments. Their owner is a calendar; given a user's id, Clio takes it for another calendar or refuses. */
import { z } from 'zod';
import { OutsideError } from '../../domain/failures.js';
import type { PayloadOf } from '../../domain/writes.js';
import type { ClioClient } from './client.js';
import {
  carriesExternal,
  EXTERNAL_PROPERTIES,
  ExternalProperties,
  externalReference,
} from './external-reference.js';
import { Association, expectKept, sameInstant } from './kept.js';

const Made = z.object({
  id: z.union([z.string(), z.number()]).transform(String),
  start_at: z.string().nullish(),
  calendar_owner: Association,
  matter: Association,
  external_properties: ExternalProperties,
});
const FIELDS = `id,start_at,calendar_owner{id},matter{id},${EXTERNAL_PROPERTIES}`;

const Calendar = z.object({ id: z.number(), type: z.string().nullish() });

/**
 * The calendar appointments go into when the firm has named none: the consenting user's own, told by their `who_am_i`, or
 * the firm's.
 * @throws OutsideError `invalid` when nothing can be written to.
 */
export async function defaultCalendar(clio: ClioClient, known: number | undefined): Promise<number> {
  if (known !== undefined) return known;
  const calendars = await clio.list(
    'calendars',
    { writeable: 'true', fields: 'id,type', limit: '200' },
    Calendar,
  );
  const ours = calendars.find(({ type }) => type === 'AccountCalendar') ?? calendars[0];
  if (!ours) throw new OutsideError('invalid', 'the firm’s Clio has no calendar that HERMES may write to');
  return ours.id;
}

/** @throws OutsideError `conflict` when Clio dropped a part of it. */
export async function createAppointment(
  clio: ClioClient,
  payload: PayloadOf<'clio.appointment.create'>,
  calendarId: number,
  reference: string,
): Promise<{ id: string; referenced: boolean }> {
  const { matterId, contactId, summary, description, startAt, endAt, allDay } = payload;
  const data = {
    calendar_owner: { id: calendarId },
    summary,
    description,
    start_at: startAt,
    end_at: endAt,
    all_day: allDay,
    // Whoever is named here may be written to by Clio; the firm has not agreed to the time yet.
    send_email_notification: false,
    attendees: [{ id: contactId, type: 'Contact' }],
    ...(matterId !== undefined && { matter: { id: matterId } }),
    external_properties: externalReference(reference),
  };
  const made = await clio.create('calendar_entries', FIELDS, data, Made);
  const referenced = carriesExternal(made.external_properties, reference);
  if (referenced)
    expectKept('calendar entry', made.id, {
      start_at: allDay || sameInstant(startAt, made.start_at),
      calendar_owner: made.calendar_owner?.id === calendarId,
      matter: matterId === undefined || made.matter?.id === matterId,
    });
  return { id: made.id, referenced };
}
