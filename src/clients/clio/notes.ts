/** Notes have no custom fields: the reference stands in brackets at the end of the subject, and is searched for there. */
import { z } from 'zod';
import { OutsideError } from '../../domain/failures.js';
import type { PayloadOf } from '../../domain/writes.js';
import type { ClioClient } from './client.js';

const Note = z.object({ id: z.number(), subject: z.string().nullish() });
/** Clio's limit for a subject. */
const MAX_SUBJECT_CHARS = 255;

type NotePayload = PayloadOf<'clio.note.create'>;

const marker = (reference: string): string => `[${reference}]`;

function noteSubject(subject: string, reference: string): string {
  const end = ` ${marker(reference)}`;
  return subject.slice(0, MAX_SUBJECT_CHARS - end.length) + end;
}

/** @throws OutsideError `conflict` when two notes carry the reference. */
export async function findNote(
  clio: ClioClient,
  { parent }: NotePayload,
  reference: string,
): Promise<number | undefined> {
  const query = {
    type: typeOf(parent),
    [`${parent.type}_id`]: String(parent.id),
    query: reference,
    fields: 'id,subject',
    limit: '200',
  };
  const own = (await clio.list('notes', query, Note)).filter(({ subject }) =>
    subject?.endsWith(marker(reference)),
  );
  if (own.length > 1)
    throw new OutsideError('conflict', `Clio holds ${own.length} notes under one HERMES reference`);
  return own[0]?.id;
}

/** @returns the note's id and whether its subject still ends in our reference. */
export async function createNote(
  clio: ClioClient,
  { parent, subject, detail }: NotePayload,
  reference: string,
): Promise<{ id: number; referenced: boolean }> {
  const data = {
    type: typeOf(parent),
    [parent.type]: { id: parent.id },
    subject: noteSubject(subject, reference),
    detail,
    detail_text_type: 'plain_text',
  };
  const made = await clio.create('notes', 'id,subject', data, Note);
  return { id: made.id, referenced: made.subject?.endsWith(marker(reference)) ?? false };
}

const typeOf = (parent: NotePayload['parent']): string => (parent.type === 'matter' ? 'Matter' : 'Contact');
