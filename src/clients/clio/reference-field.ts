/**
 * Clio has no idempotency key. What finds our own records again is a custom field of ours, "HERMES reference", one per
 * parent type, holding the operation key.
 */
import { z } from 'zod';
import { OutsideError } from '../../domain/failures.js';
import type { ClioClient } from './client.js';

export type ParentType = 'Contact' | 'Matter';
const REFERENCE_FIELD_NAME = 'HERMES reference';

const Definition = z.object({
  id: z.number(),
  name: z.string(),
  field_type: z.string(),
  parent_type: z.string(),
  deleted: z.boolean().nullish(),
});
const DEFINITION_FIELDS = 'id,name,field_type,parent_type,deleted';

/** Values of custom fields on a record, as read back. */
export const CustomFieldValues = z
  .array(z.object({ value: z.unknown(), custom_field: z.object({ id: z.number() }).nullish() }))
  .nullish();
/** The `fields` fragment that reads them. */
export const CUSTOM_FIELDS = 'custom_field_values{id,value,custom_field}';

/**
 * The id of our field for a parent type, creating the field when the firm has none. Call it under a lock: Clio would
 * make two fields of the same name without a word.
 * @throws OutsideError `conflict` when a field of our name exists with another type.
 */
export async function ensureReferenceField(clio: ClioClient, parent: ParentType): Promise<number> {
  const query = { parent_type: parent.toLowerCase(), fields: DEFINITION_FIELDS, limit: '200' };
  const existing = (await clio.list('custom_fields', query, Definition)).find(
    ({ name, parent_type, deleted }) =>
      name === REFERENCE_FIELD_NAME && parent_type.toLowerCase() === query.parent_type && !deleted,
  );
  if (existing && existing.field_type !== 'text_line')
    throw new OutsideError('conflict', `Clio’s ${parent} field "${REFERENCE_FIELD_NAME}" is no text_line`);
  if (existing) return existing.id;
  const data = { name: REFERENCE_FIELD_NAME, parent_type: parent, field_type: 'text_line' };
  return (await clio.create('custom_fields', DEFINITION_FIELDS, data, Definition)).id;
}

/** What to send so that a new record carries the reference. */
export const referenceValue = (fieldId: number, reference: string): object[] => [
  { custom_field: { id: fieldId }, value: reference },
];

/** Whether a record read back carries the reference: Clio drops what it does not know and still answers 201. */
export const carriesReference = (
  values: z.infer<typeof CustomFieldValues>,
  fieldId: number,
  reference: string,
): boolean => (values ?? []).some((v) => v.custom_field?.id === fieldId && v.value === reference);

const Referenced = z.object({ id: z.number(), custom_field_values: CustomFieldValues });

/**
 * The record that carries our reference.
 * @throws OutsideError `conflict` when two do, or when strangers come back: an unknown filter is silently ignored, and a
 *   look-up that finds everything proves nothing.
 */
export async function findByReference(
  clio: ClioClient,
  resource: 'contacts' | 'matters',
  fieldId: number,
  reference: string,
): Promise<number | undefined> {
  const query = {
    [`custom_field_values[${fieldId}]`]: reference,
    fields: `id,${CUSTOM_FIELDS}`,
    limit: '10',
  };
  const records = await clio.list(resource, query, Referenced);
  if (!records.every((record) => carriesReference(record.custom_field_values, fieldId, reference)))
    throw new OutsideError(
      'conflict',
      `Clio ignored the reference filter on ${resource}: is the field deleted?`,
    );
  if (records.length > 1)
    throw new OutsideError('conflict', `Clio holds ${records.length} ${resource} under one HERMES reference`);
  return records[0]?.id;
}
