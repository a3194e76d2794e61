/** The records an intake leaves in Clio. Each is created with our reference and can be found by it again. */
import { z } from 'zod';
import { foldName, type KnownContact } from '../../domain/conflicts.js';
import type { PracticeArea } from '../../domain/firm.js';
import type { PayloadOf } from '../../domain/writes.js';
import type { ClioClient } from './client.js';
import { CUSTOM_FIELDS, CustomFieldValues, carriesReference, referenceValue } from './reference-field.js';

const Referenced = z.object({ id: z.number(), custom_field_values: CustomFieldValues });

export interface CreatedRecord {
  id: number;
  /** Whether the reference was stored with it. */
  referenced: boolean;
}

export async function createContact(
  clio: ClioClient,
  payload: PayloadOf<'clio.contact.create'>,
  fieldId: number,
  reference: string,
): Promise<CreatedRecord> {
  const data = {
    type: 'Person',
    first_name: payload.firstName,
    last_name: payload.lastName,
    ...(payload.phoneE164 && {
      phone_numbers: [{ name: 'Mobile', number: payload.phoneE164, default_number: true }],
    }),
    ...(payload.email && {
      email_addresses: [{ name: 'Home', address: payload.email, default_email: true }],
    }),
    custom_field_values: referenceValue(fieldId, reference),
  };
  const made = await clio.create('contacts', `id,${CUSTOM_FIELDS}`, data, Referenced);
  return { id: made.id, referenced: carriesReference(made.custom_field_values, fieldId, reference) };
}

/** New matters are `pending`: only staff accept one. */
export async function createMatter(
  clio: ClioClient,
  payload: PayloadOf<'clio.matter.create'>,
  practiceAreaId: number | undefined,
  fieldId: number,
  reference: string,
): Promise<CreatedRecord> {
  const data = {
    client: { id: payload.contactId },
    description: payload.description,
    status: 'pending',
    client_reference: reference,
    ...(practiceAreaId !== undefined && { practice_area: { id: practiceAreaId } }),
    custom_field_values: referenceValue(fieldId, reference),
  };
  const made = await clio.create('matters', `id,${CUSTOM_FIELDS}`, data, Referenced);
  return { id: made.id, referenced: carriesReference(made.custom_field_values, fieldId, reference) };
}

/** Whether an existing contact or matter carries our reference. */
export async function recordCarries(
  clio: ClioClient,
  resource: 'contacts' | 'matters',
  id: string,
  fieldId: number,
  reference: string,
): Promise<boolean> {
  const record = await clio.read(resource, id, `id,${CUSTOM_FIELDS}`, Referenced);
  return carriesReference(record.custom_field_values, fieldId, reference);
}

/** How Clio's own and firms' usual names for an area read once folded. A firm's mapping of ids goes before this. */
const areaAliases: Record<PracticeArea, readonly string[]> = {
  personal_injury: ['personal injury'],
  family: ['family', 'family law', 'domestic relations'],
  criminal: ['criminal', 'criminal law', 'criminal defense'],
  immigration: ['immigration', 'immigration law'],
  bankruptcy: ['bankruptcy', 'bankruptcy law'],
  estate: ['estate planning', 'estate', 'wills and estates', 'wills estates', 'probate'],
  employment: ['employment', 'employment law', 'employment labor', 'labor and employment'],
  landlord_tenant: ['landlord tenant', 'landlord and tenant', 'real estate'],
  out_of_scope: [],
};

/** The firm's practice area for ours, by name; undefined when the firm has none, and the matter then carries none. */
export async function practiceAreaId(clio: ClioClient, area: PracticeArea): Promise<number | undefined> {
  const query = { fields: 'id,name', limit: '200' };
  const areas = await clio.list('practice_areas', query, z.object({ id: z.number(), name: z.string() }));
  for (const alias of areaAliases[area]) {
    const match = areas.find(({ name }) => foldName(name) === alias);
    if (match) return match.id;
  }
  return undefined;
}

const ContactHit = z.object({
  id: z.number(),
  name: z.string().nullish(),
  phone_numbers: z.array(z.object({ number: z.string().nullish() })).nullish(),
});
/** Pages read for one name. A firm with more than 1,000 contacts that match one name needs its own conflict check. */
const MAX_PAGES = 5;
const PAGE_SIZE = 200;

/**
 * Contacts whose name, number or mail matches `query` in Clio's wildcard search; the caller compares names itself.
 * @throws OutsideError
 */
export async function searchContacts(clio: ClioClient, query: string): Promise<KnownContact[]> {
  const found: KnownContact[] = [];
  for (let page = 0; page < MAX_PAGES; page++) {
    const hits = await clio.list(
      'contacts',
      {
        query,
        fields: 'id,name,phone_numbers{number}',
        order: 'id(asc)',
        limit: String(PAGE_SIZE),
        offset: String(page * PAGE_SIZE),
      },
      ContactHit,
    );
    for (const { id, name, phone_numbers } of hits) {
      const phones = (phone_numbers ?? []).flatMap(({ number }) => number ?? []);
      found.push({ id: String(id), name: name ?? '', phones });
    }
    if (hits.length < PAGE_SIZE) break;
  }
  return found;
}
