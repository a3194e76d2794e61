/**
 * Our reference on communications, calendar entries and documents: an external property, which Clio keeps with the record
 * and finds it by. Contacts, matters, notes and tasks have none.
 */
import { z } from 'zod';
import { OutsideError } from '../../domain/failures.js';
import type { ClioClient } from './client.js';

const PROPERTY_NAME = 'hermes_reference';

/** Properties as read back. */
export const ExternalProperties = z
  .array(z.object({ name: z.string().nullish(), value: z.string().nullish() }))
  .nullish();
/** The `fields` fragment that reads them. */
export const EXTERNAL_PROPERTIES = 'external_properties{name,value}';

/** What to send so that a new record carries the reference. */
export const externalReference = (reference: string): object[] => [{ name: PROPERTY_NAME, value: reference }];

/** Whether a record read back carries the reference. */
export const carriesExternal = (properties: z.infer<typeof ExternalProperties>, reference: string): boolean =>
  (properties ?? []).some(({ name, value }) => name === PROPERTY_NAME && value === reference);

/** Ids of calendar entries are text, those of everything else numbers. */
const Id = z.union([z.string(), z.number()]).transform(String);
const Referenced = z.object({ id: Id, external_properties: ExternalProperties });

/**
 * The record that carries our reference.
 * @param more further filters.
 * @throws OutsideError `conflict` when two do, or when strangers come back: an unknown filter is silently ignored, and a
 *   look-up that finds everything proves nothing.
 */
export async function findByExternal(
  clio: ClioClient,
  resource: 'communications' | 'calendar_entries' | 'documents',
  reference: string,
  more: Record<string, string> = {},
): Promise<string | undefined> {
  const query = {
    external_property_name: PROPERTY_NAME,
    external_property_value: reference,
    ...more,
    fields: `id,${EXTERNAL_PROPERTIES}`,
    limit: '10',
  };
  const records = await clio.list(resource, query, Referenced);
  if (!records.every((record) => carriesExternal(record.external_properties, reference)))
    throw new OutsideError('conflict', `Clio ignored the filter by our reference on ${resource}`);
  if (records.length > 1)
    throw new OutsideError('conflict', `Clio holds ${records.length} ${resource} under one HERMES reference`);
  return records[0]?.id;
}

/** Whether an existing record carries our reference. @throws OutsideError */
export async function externalOf(
  clio: ClioClient,
  resource: 'communications' | 'calendar_entries' | 'documents',
  id: string,
  reference: string,
): Promise<boolean> {
  const record = await clio.read(resource, id, `id,${EXTERNAL_PROPERTIES}`, Referenced);
  return carriesExternal(record.external_properties, reference);
}
