import { z } from 'zod';
import { ClioRefusal, dataOf } from '../errors.js';
import { type Shape, stamped } from '../fields.js';
import type { Firm } from '../firm.js';
import type { Note } from '../records.js';
import type { Resource } from '../resource.js';
import { containsWords, optionalText, reference } from './text.js';
import { contactFields, matterFields, viewContact, viewMatter } from './views.js';

const Body = z.object({
  type: z.enum(['Matter', 'Contact']),
  matter: reference.nullish(),
  contact: reference.nullish(),
  subject: optionalText,
  detail: optionalText,
  detail_text_type: z.enum(['plain_text', 'rich_text']).optional(),
  date: z.iso.date().optional(),
});
/** A note cannot be moved to another parent. */
const Change = Body.omit({ type: true, matter: true, contact: true }).partial();

const shape: Shape = {
  ...stamped,
  type: true,
  subject: true,
  detail: true,
  detail_text_type: true,
  date: true,
  matter: matterFields,
  contact: contactFields,
  author: ['id', 'etag', 'name', 'email'],
};

/** @param today the firm's date, `YYYY-MM-DD`. */
export function notes(firm: Firm, today: () => string): Resource<Note> {
  return {
    path: 'notes',
    collection: firm.notes,
    shape,
    view: (note) => {
      const matter = note.matterId === null ? undefined : firm.matters.find(note.matterId);
      const contact = note.contactId === null ? undefined : firm.contacts.find(note.contactId);
      return {
        ...note,
        matter: matter ? viewMatter(firm, matter) : null,
        contact: contact ? viewContact(firm, contact) : null,
        author: firm.users.find(note.authorId),
      };
    },
    listNeeds: 'type',
    filters: {
      type: (note, value) => note.type.toLowerCase() === value.toLowerCase(),
      matter_id: (note, value) => String(note.matterId) === value,
      contact_id: (note, value) => String(note.contactId) === value,
      query: (note, value) => containsWords([note.subject, note.detail], value),
    },
    write: {
      create: (request) => {
        const body = dataOf(Body, request);
        return {
          type: body.type,
          ...parentOf(firm, body),
          subject: body.subject ?? null,
          detail: body.detail ?? null,
          detail_text_type: body.detail_text_type ?? 'plain_text',
          date: body.date ?? today(),
          authorId: firm.users.all()[0]?.id ?? 0,
        };
      },
      change: (_note, request) => defined(dataOf(Change, request)),
    },
  };
}

/** `type` says which of the two parents counts; it must be there and exist. */
function parentOf(firm: Firm, body: z.infer<typeof Body>): Pick<Note, 'matterId' | 'contactId'> {
  const parent = body.type === 'Matter' ? body.matter : body.contact;
  const collection = body.type === 'Matter' ? firm.matters : firm.contacts;
  if (parent == null || collection.find(parent.id) === undefined)
    throw new ClioRefusal(
      'validation',
      `A note of type ${body.type} needs an existing ${body.type.toLowerCase()}`,
    );
  return body.type === 'Matter'
    ? { matterId: parent.id, contactId: null }
    : { matterId: null, contactId: parent.id };
}

/** Without the keys that were not given. */
function defined<T extends object>(given: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as never;
}
