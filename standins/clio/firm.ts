import { Collection, etagOf, type CollectionDeps, type Stored } from './collection.js';
import type {
  Calendar,
  CalendarEntry,
  Communication,
  Contact,
  CustomField,
  Document,
  Matter,
  Note,
  PracticeArea,
  Task,
  User,
} from './records.js';

/** Everything one firm has in Clio. */
export interface Firm {
  users: Collection<User>;
  practiceAreas: Collection<PracticeArea>;
  customFields: Collection<CustomField>;
  contacts: Collection<Contact>;
  matters: Collection<Matter>;
  notes: Collection<Note>;
  calendars: Collection<Calendar>;
  calendarEntries: Collection<CalendarEntry>;
  communications: Collection<Communication>;
  tasks: Collection<Task>;
  documents: Collection<Document>;
}

/** Practice areas a firm of general practice would have set up, by `category`, Clio's snake_case name. */
const practiceAreas = [
  ['Personal Injury', 'personal_injury'],
  ['Family', 'family'],
  ['Criminal', 'criminal'],
  ['Immigration', 'immigration'],
  ['Bankruptcy', 'bankruptcy'],
  ['Wills & Estates', 'wills_and_estates'],
  ['Employment', 'employment'],
  ['Landlord/Tenant', 'landlord_tenant'],
] as const;

/** When the firm of the fixture was set up. */
const foundedAt = '2025-01-06T15:00:00.000Z';

/** The attorney's own calendar, the firm's, and one that may only be looked at. */
const calendars = [
  ['Dana Whitfield', 'UserCalendar', 'owner'],
  ['Whitfield Law, PLLC', 'AccountCalendar', 'editor'],
  ['Court', 'AdhocCalendar', 'viewer'],
] as const;

/** A firm with one attorney, three calendars, eight practice areas, and nothing else yet. */
export function createFirm(deps: CollectionDeps): Firm {
  const stamp = (kind: string, id: number): Stored => ({
    id,
    etag: etagOf(kind, id, foundedAt),
    created_at: foundedAt,
    updated_at: foundedAt,
  });
  const attorney: User = {
    ...stamp('user', 100_001),
    name: 'Dana Whitfield',
    first_name: 'Dana',
    last_name: 'Whitfield',
    email: 'dana@whitfield-law.example',
    enabled: true,
    subscription_type: 'Attorney',
    time_zone: 'America/Chicago',
    default_calendar_id: 700_001,
    account: { id: 900_001, name: 'Whitfield Law, PLLC' },
  };
  const areas = practiceAreas.map(([name, category], index) => ({
    ...stamp('practice_area', 500_001 + index),
    name,
    code: null,
    category,
  }));
  const ownCalendars = calendars.map(([name, type, permission], index) => ({
    ...stamp('calendar', 700_001 + index),
    ...{ name, type, permission, creatorId: attorney.id },
  }));
  return {
    users: new Collection(deps, 'user', 100_001, [attorney]),
    practiceAreas: new Collection<PracticeArea>(deps, 'practice_area', 500_001, areas),
    customFields: new Collection(deps, 'custom_field', 400_001),
    contacts: new Collection(deps, 'contact', 1_000_001),
    matters: new Collection(deps, 'matter', 2_000_001),
    notes: new Collection(deps, 'note', 3_000_001),
    calendars: new Collection<Calendar>(deps, 'calendar', 700_001, ownCalendars),
    calendarEntries: new Collection(deps, 'calendar_entry', 4_000_001),
    communications: new Collection(deps, 'communication', 5_000_001),
    tasks: new Collection(deps, 'task', 6_000_001),
    documents: new Collection(deps, 'document', 7_000_001),
  };
}
