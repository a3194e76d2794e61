/** The writes HERMES makes in Clio Manage. */
import { z } from 'zod';
import { lazily } from '../lazily.js';
import { PhoneE164 } from '../intake.js';
import { PracticeArea } from '../firm.js';
import { requestOf, type OperationRow } from './request.js';

export const ContactPayload = lazily(() =>
  z.strictObject({
    firstName: z.string().min(1).max(80),
    lastName: z.string().min(1).max(80),
    phoneE164: PhoneE164.optional(),
    email: z.email().optional(),
  }),
);

export const MatterPayload = lazily(() =>
  z.strictObject({
    /** Clio contact id of the client. */
    contactId: z.int().positive(),
    description: z.string().min(1).max(500),
    practiceArea: PracticeArea.optional(),
  }),
);

export const NotePayload = lazily(() =>
  z.strictObject({
    /** The Clio record the note hangs on: the matter, or the contact when the intake makes no matter. */
    parent: z.strictObject({ type: z.enum(['matter', 'contact']), id: z.int().positive() }),
    subject: z.string().min(1).max(255),
    detail: z.string().min(1).max(500_000),
  }),
);

/** A moment with its offset, which Clio wants. */
const Instant = lazily(() => z.iso.datetime({ offset: true }));

/** The call itself, in the telephone log. */
export const CommunicationPayload = lazily(() =>
  z.strictObject({
    /** Who called. Clio's log knows contacts, no bare telephone numbers. */
    contactId: z.int().positive(),
    matterId: z.int().positive().optional(),
    subject: z.string().min(1).max(255),
    body: z.string().min(1).max(10_000),
    /** When the call began. */
    receivedAt: Instant,
  }),
);

export const AppointmentPayload = lazily(() =>
  z.strictObject({
    contactId: z.int().positive(),
    matterId: z.int().positive().optional(),
    /** A calendar's id, never a user's. Absent: the firm's, as its connection knows it. */
    calendarId: z.int().positive().optional(),
    summary: z.string().min(1).max(255),
    description: z.string().max(5_000),
    startAt: Instant,
    endAt: Instant,
    allDay: z.boolean(),
  }),
);

export const TaskPayload = lazily(() =>
  z.strictObject({
    matterId: z.int().positive(),
    /** Clio user who has to do it. Absent: the one HERMES acts as. */
    assigneeId: z.int().positive().optional(),
    name: z.string().min(1).max(255),
    description: z.string().max(5_000),
    dueAt: z.iso.date().optional(),
    priority: z.enum(['High', 'Normal', 'Low']),
  }),
);

/** A text that becomes a file beside the matter. */
export const DocumentPayload = lazily(() =>
  z.strictObject({
    parent: z.strictObject({ type: z.enum(['matter', 'contact']), id: z.int().positive() }),
    name: z
      .string()
      .min(1)
      .max(255)
      .regex(/^[^/\\]+$/, 'a file name'),
    text: z.string().min(1).max(500_000),
  }),
);

export const clioOperations = {
  'clio.contact.create': { system: 'clio', payload: ContactPayload, afterUnknown: 'look_up' },
  'clio.matter.create': { system: 'clio', payload: MatterPayload, afterUnknown: 'look_up' },
  'clio.note.create': { system: 'clio', payload: NotePayload, afterUnknown: 'look_up' },
  'clio.communication.create': { system: 'clio', payload: CommunicationPayload, afterUnknown: 'look_up' },
  'clio.appointment.create': { system: 'clio', payload: AppointmentPayload, afterUnknown: 'look_up' },
  // Several requests: what an earlier attempt left unfinished is thrown away and begun anew.
  'clio.document.create': { system: 'clio', payload: DocumentPayload, afterUnknown: 'look_up' },
  'clio.task.create': { system: 'clio', payload: TaskPayload, afterUnknown: 'look_up' },
} as const satisfies Record<string, OperationRow>;

export const clioRequests = () =>
  [
    requestOf('clio.contact.create', ContactPayload),
    requestOf('clio.matter.create', MatterPayload),
    requestOf('clio.note.create', NotePayload),
    requestOf('clio.communication.create', CommunicationPayload),
    requestOf('clio.appointment.create', AppointmentPayload),
    requestOf('clio.document.create', DocumentPayload),
    requestOf('clio.task.create', TaskPayload),
  ] as const;
