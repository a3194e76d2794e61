/** The writes HERMES makes in Clio Manage. */
import { z } from 'zod';
import { PhoneE164 } from '../intake.js';
import { PracticeArea } from '../firm.js';
import { requestOf, type OperationRow } from './request.js';

export const ContactPayload = z.strictObject({
  firstName: z.string().min(1).max(80),
  lastName: z.string().min(1).max(80),
  phoneE164: PhoneE164.optional(),
  email: z.email().optional(),
});

export const MatterPayload = z.strictObject({
  /** Clio contact id of the client. */
  contactId: z.int().positive(),
  description: z.string().min(1).max(500),
  practiceArea: PracticeArea.optional(),
});

export const NotePayload = z.strictObject({
  /** The Clio record the note hangs on: the matter, or the contact when the intake makes no matter. */
  parent: z.strictObject({ type: z.enum(['matter', 'contact']), id: z.int().positive() }),
  subject: z.string().min(1).max(255),
  detail: z.string().min(1).max(500_000),
});

export const clioOperations = {
  'clio.contact.create': { system: 'clio', payload: ContactPayload, afterUnknown: 'look_up' },
  'clio.matter.create': { system: 'clio', payload: MatterPayload, afterUnknown: 'look_up' },
  'clio.note.create': { system: 'clio', payload: NotePayload, afterUnknown: 'look_up' },
} as const satisfies Record<string, OperationRow>;

export const clioRequests = [
  requestOf('clio.contact.create', ContactPayload),
  requestOf('clio.matter.create', MatterPayload),
  requestOf('clio.note.create', NotePayload),
] as const;
