import { z } from 'zod';
import { ClioRefusal, dataOf } from '../errors.js';
import { type Shape, stamped } from '../fields.js';
import type { Firm } from '../firm.js';
import type { CalendarEntry } from '../records.js';
import type { Resource } from '../resource.js';
import { writableCalendar } from './calendars.js';
import {
  carriesAsked,
  ExternalPropertiesBody,
  externalPropertiesFrom,
  externalPropertyFields,
} from './external-properties.js';
import { containsWords, optionalText, reference } from './text.js';
import { matterFields, viewMatter } from './views.js';

const when = z.iso.datetime({ offset: true });
const Body = z.object({
  calendar_owner: reference,
  summary: z.string().min(1),
  start_at: when,
  end_at: when,
  description: optionalText,
  location: optionalText,
  all_day: z.boolean().optional(),
  matter: reference.nullish(),
  attendees: z.array(z.object({ id: z.int(), type: z.enum(['Calendar', 'Contact']) })).optional(),
  external_properties: ExternalPropertiesBody,
});

const shape: Shape = {
  ...stamped,
  summary: true,
  description: true,
  location: true,
  start_at: true,
  end_at: true,
  all_day: true,
  calendar_owner: ['id', 'etag', 'name', 'type'],
  matter: matterFields,
  attendees: ['id', 'etag', 'type', 'name'],
  external_properties: externalPropertyFields,
};

export function calendarEntries(firm: Firm): Resource<CalendarEntry> {
  return {
    path: 'calendar_entries',
    collection: firm.calendarEntries,
    shape,
    // Ids of entries are text, unlike all others.
    view: (entry) => {
      const matter = entry.matterId === null ? undefined : firm.matters.find(entry.matterId);
      return {
        ...entry,
        id: String(entry.id),
        calendar_owner: firm.calendars.find(entry.calendarId),
        matter: matter ? viewMatter(firm, matter) : null,
      };
    },
    unordered: true,
    matches: ({ external_properties }, asked) => carriesAsked(external_properties, asked),
    filters: {
      calendar_id: (entry, value) => String(entry.calendarId) === value,
      matter_id: (entry, value) => String(entry.matterId) === value,
      from: (entry, value) => Date.parse(entry.end_at) >= Date.parse(value),
      to: (entry, value) => Date.parse(entry.start_at) <= Date.parse(value),
      query: (entry, value) => containsWords([entry.summary, entry.description], value),
    },
    write: {
      create: (request) => entryFrom(firm, dataOf(Body, request)),
      change: (entry, request) =>
        entryFrom(firm, { ...bodyOf(entry), ...dataOf(Body.partial(), request) } as never),
    },
  };
}

function entryFrom(
  firm: Firm,
  body: z.infer<typeof Body>,
): Omit<CalendarEntry, 'id' | 'etag' | 'created_at' | 'updated_at'> {
  if (!writableCalendar(firm, body.calendar_owner.id))
    throw new ClioRefusal('validation', 'Calendar owner is not a calendar that can be written to');
  if (Date.parse(body.end_at) < Date.parse(body.start_at))
    throw new ClioRefusal('validation', 'End at must be after start at');
  if (body.matter && !firm.matters.find(body.matter.id))
    throw new ClioRefusal('validation', 'Matter does not exist');
  return {
    calendarId: body.calendar_owner.id,
    summary: body.summary,
    description: body.description ?? null,
    location: body.location ?? null,
    start_at: body.start_at,
    end_at: body.end_at,
    all_day: body.all_day ?? false,
    matterId: body.matter?.id ?? null,
    attendees: body.attendees ?? [],
    external_properties: externalPropertiesFrom(body.external_properties),
  };
}

const bodyOf = (entry: CalendarEntry): object => ({
  ...entry,
  calendar_owner: { id: entry.calendarId },
  ...(entry.matterId !== null && { matter: { id: entry.matterId } }),
});
