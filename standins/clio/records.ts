import type { Stored } from './collection.js';
import type { ExternalProperty } from './resources/external-properties.js';

// Records as they are kept. Associations are ids (`…Id`, `customValues`: our names); the rest has Clio's names.

export type User = Stored & {
  name: string;
  first_name: string;
  last_name: string;
  email: string;
  enabled: boolean;
  subscription_type: 'Attorney' | 'NonAttorney';
  time_zone: string;
  default_calendar_id: number;
  account: { id: number; name: string };
};

export type PracticeArea = Stored & { name: string; code: string | null; category: string | null };

export const customFieldTypes = [
  'checkbox',
  'contact',
  'currency',
  'date',
  'time',
  'email',
  'matter',
  'numeric',
  'picklist',
  'text_area',
  'text_line',
  'url',
] as const;

export type CustomField = Stored & {
  name: string;
  parent_type: 'Matter' | 'Contact';
  field_type: (typeof customFieldTypes)[number];
  /** Shown on every record of the parent type, filled or not. */
  displayed: boolean;
  required: boolean;
  deleted: boolean;
  picklist_options: { id: number; option: string }[];
};

/** A custom field's value on a record. */
export type CustomValue = {
  /** Composite, e.g. `text_line-7`. */
  id: string;
  customFieldId: number;
  /** Always text; for a picklist the id of the option. */
  value: string;
};

/** An e-mail address, phone number or postal address as Clio keeps and reads it. */
export type ContactItem = { id: number; name: string; primary: boolean } & Record<string, unknown>;

export type Contact = Stored & {
  type: 'Person' | 'Company';
  name: string;
  first_name: string | null;
  middle_name: string | null;
  last_name: string | null;
  prefix: string | null;
  title: string | null;
  date_of_birth: string | null;
  companyId: number | null;
  email_addresses: ContactItem[];
  phone_numbers: ContactItem[];
  addresses: ContactItem[];
  customValues: CustomValue[];
};

export type Matter = Stored & {
  number: number;
  display_number: string;
  custom_number: null;
  description: string;
  /** As written; read back with a capital. */
  status: 'open' | 'pending' | 'closed';
  open_date: string | null;
  pending_date: string | null;
  close_date: string | null;
  client_reference: string | null;
  location: string | null;
  billable: boolean;
  maildrop_address: string;
  clientId: number;
  practiceAreaId: number | null;
  responsibleAttorneyId: number | null;
  originatingAttorneyId: number | null;
  customValues: CustomValue[];
};

export type Note = Stored & {
  type: 'Matter' | 'Contact';
  subject: string | null;
  detail: string | null;
  detail_text_type: 'plain_text' | 'rich_text';
  date: string;
  /** Exactly one of the two is set. */
  matterId: number | null;
  contactId: number | null;
  authorId: number;
};

export type Calendar = Stored & {
  name: string;
  type: 'UserCalendar' | 'AccountCalendar' | 'AdhocCalendar';
  permission: 'owner' | 'editor' | 'viewer';
  creatorId: number;
};

export type CalendarEntry = Stored & {
  calendarId: number;
  summary: string;
  description: string | null;
  location: string | null;
  /** ISO 8601 with an offset. */
  start_at: string;
  end_at: string;
  all_day: boolean;
  matterId: number | null;
  attendees: { id: number; type: 'Calendar' | 'Contact' }[];
  external_properties: ExternalProperty[];
};

/** As written; a contact is read back as the person or company it is. */
export type Correspondent = { id: number; type: 'User' | 'Contact' };

export type Communication = Stored & {
  type: 'PhoneCommunication' | 'EmailCommunication';
  subject: string;
  body: string;
  received_at: string;
  matterId: number | null;
  senders: Correspondent[];
  receivers: Correspondent[];
  external_properties: ExternalProperty[];
};

export type Task = Stored & {
  name: string;
  description: string;
  assignee: { id: number; type: 'User' | 'Contact' };
  matterId: number | null;
  /** `YYYY-MM-DD`. */
  due_at: string | null;
  priority: 'High' | 'Normal' | 'Low';
  status: 'pending' | 'complete';
};

export type Webhook = Stored & {
  url: string;
  model: string;
  /** What a delivery holds, as asked. */
  fields: string;
  events: string[];
  expires_at: string;
  /** `pending` until hands are shaken; `suspended` when the receiver wanted no more. */
  status: 'pending' | 'enabled' | 'suspended';
  shared_secret: string;
};

export type Document = Stored & {
  name: string;
  parent: { id: number; type: 'Matter' | 'Contact' };
  content_type: string | null;
  /** Of its one version. */
  uuid: string;
  /** Bytes in the store; null before they came. */
  size: number | null;
  /** Until when they may come. */
  put_until: string;
  fully_uploaded: boolean;
  external_properties: ExternalProperty[];
};
