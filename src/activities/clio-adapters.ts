/** How each write is found and made in a firm's Clio. */
import { createAppointment, defaultCalendar } from '../clients/clio/calendar.js';
import type { ClioClient } from '../clients/clio/client.js';
import { createPhoneCommunication } from '../clients/clio/communications.js';
import { findDocument, uploadDocument } from '../clients/clio/documents.js';
import { externalOf, findByExternal } from '../clients/clio/external-reference.js';
import { createNote, findNote } from '../clients/clio/notes.js';
import { createContact, createMatter, practiceAreaId, recordCarries } from '../clients/clio/records.js';
import { findByReference, type ParentType } from '../clients/clio/reference-field.js';
import { createTask, findTask } from '../clients/clio/tasks.js';
import { whoAmI } from '../clients/clio/account.js';
import type { PayloadOf, RequestOf } from '../domain/writes.js';
import { forgetReferenceFields, referenceFieldId } from './clio-fields.js';
import type { FirmInClio } from './clio-firm.js';
import { FirmClioSettings } from './clio-settings.js';
import type { Landed, WriteAdapter } from './make-once.js';

/** @throws OutsideError */
export async function adapterFor(request: RequestOf<'clio'>, firm: FirmInClio): Promise<WriteAdapter> {
  const { clio } = firm;
  const settings = FirmClioSettings.parse(firm.settings);
  const { key } = request;
  switch (request.operation) {
    case 'clio.contact.create':
      return referenced(key, firm, 'Contact', (fieldId) =>
        createContact(clio, request.payload, fieldId, key),
      );
    case 'clio.matter.create':
      return referenced(key, firm, 'Matter', async (fieldId) => {
        const { practiceArea } = request.payload;
        const areaId = practiceArea && (await practiceAreaId(clio, practiceArea));
        return createMatter(clio, request.payload, areaId, fieldId, key);
      });
    case 'clio.note.create':
      return noteAdapter(clio, request.payload, key);
    case 'clio.communication.create':
      return external(clio, 'communications', key, () =>
        createPhoneCommunication(clio, request.payload, settings.userId, key),
      );
    case 'clio.appointment.create':
      return external(clio, 'calendar_entries', key, async () => {
        const calendarId = request.payload.calendarId ?? (await defaultCalendar(clio, settings.calendarId));
        return createAppointment(clio, request.payload, calendarId, key);
      });
    case 'clio.document.create':
      return documentAdapter(firm, request.payload, key);
    case 'clio.task.create':
      return taskAdapter(clio, request.payload, key, settings.userId);
  }
}

/** Contacts and matters: found and recognised by our custom field. */
async function referenced(
  key: string,
  firm: FirmInClio,
  parent: ParentType,
  create: (fieldId: number) => Promise<{ id: number; referenced: boolean }>,
): Promise<WriteAdapter> {
  const resource = parent === 'Contact' ? 'contacts' : 'matters';
  const fieldId = await referenceFieldId(firm, parent);
  return {
    isOneRequest: true,
    find: async () => landed(await findByReference(firm.clio, resource, fieldId, key)),
    create: async () => {
      const made = await create(fieldId);
      // The field is gone in Clio: the next write makes a new one instead of losing its reference too.
      if (!made.referenced) await forgetReferenceFields(firm);
      return { externalId: String(made.id), referenced: made.referenced };
    },
    carriesReference: (id) => recordCarries(firm.clio, resource, id, fieldId, key),
  };
}

/** Records with external properties. */
const external = (
  clio: ClioClient,
  resource: 'communications' | 'calendar_entries',
  key: string,
  create: () => Promise<{ id: string; referenced: boolean }>,
): WriteAdapter => ({
  isOneRequest: true,
  find: async () => landed(await findByExternal(clio, resource, key)),
  create: async () => made(await create()),
  carriesReference: (id) => externalOf(clio, resource, id, key),
});

const noteAdapter = (
  clio: ClioClient,
  payload: PayloadOf<'clio.note.create'>,
  key: string,
): WriteAdapter => ({
  isOneRequest: true,
  find: async () => landed(await findNote(clio, payload, key)),
  create: async () => made(await createNote(clio, payload, key)),
  carriesReference: async (id) => String(await findNote(clio, payload, key)) === id,
});

/** A document that an earlier attempt did not finish counts for nothing: it is removed, and the next one is whole. */
function documentAdapter(
  { clio, storage }: FirmInClio,
  payload: PayloadOf<'clio.document.create'>,
  key: string,
): WriteAdapter {
  let unfinished: string | undefined;
  return {
    find: async () => {
      const known = await findDocument(clio, key);
      unfinished = known?.isWhole === false ? known.id : undefined;
      return known?.isWhole ? { externalId: known.id } : undefined;
    },
    create: async () => {
      if (unfinished !== undefined) await clio.remove('documents', unfinished);
      return made(await uploadDocument(clio, storage, payload, key));
    },
    carriesReference: (id) => externalOf(clio, 'documents', id, key),
  };
}

const taskAdapter = (
  clio: ClioClient,
  payload: PayloadOf<'clio.task.create'>,
  key: string,
  userId: number | undefined,
): WriteAdapter => ({
  isOneRequest: true,
  find: async () => landed(await findTask(clio, payload, key)),
  create: async () => {
    const assignee = payload.assigneeId ?? userId ?? (await whoAmI(clio)).userId;
    return made(await createTask(clio, payload, assignee, key));
  },
  carriesReference: async (id) => (await findTask(clio, payload, key)) === id,
});

const landed = (id: string | number | undefined): Landed | undefined =>
  id === undefined ? undefined : { externalId: String(id) };
const made = ({ id, referenced }: { id: string | number; referenced: boolean }) => ({
  externalId: String(id),
  referenced,
});
