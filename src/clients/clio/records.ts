/** The records an intake leaves in Clio. Each is created with our reference and can be found by it again. */
import { z } from 'zod';
import { foldName } from '../../domain/conflicts.js';
import type { PracticeArea } from '../../domain/firm.js';
import type { PayloadOf } from '../../domain/writes.js';
import type { ClioClient } from './client.js';
import { expectKept } from './kept.js';
import { CUSTOM_FIELDS, CustomFieldValues, carriesReference, referenceValue } from './reference-field.js';

const Referenced = z.object({ id: z.number(), custom_field_values: CustomFieldValues });
const MadeContact = Referenced.extend({
  phone_numbers: z.array(z.object({ number: z.string().nullish() })).nullish(),
  email_addresses: z.array(z.object({ address: z.string().nullish() })).nullish(),
});
const MadeMatter = Referenced.extend({
  client: z.object({ id: z.number() }).nullish(),
  practice_area: z.object({ id: z.number() }).nullish(),
});

/** Clio may write a number its own way: its last ten digits are the number. */
const nationalDigits = (number: string | null | undefined): string =>
  (number ?? '').replace(/\D/g, '').slice(-10);

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
  const fields = `id,${CUSTOM_FIELDS},phone_numbers{number},email_addresses{address}`;
  const made = await clio.create('contacts', fields, data, MadeContact);
  const referenced = carriesReference(made.custom_field_values, fieldId, reference);
  const { phoneE164, email } = payload;
  if (referenced)
    expectKept('contact', String(made.id), {
      phone_numbers:
        phoneE164 === undefined ||
        (made.phone_numbers ?? []).some(({ number }) => nationalDigits(number) === nationalDigits(phoneE164)),
      email_addresses:
        email === undefined ||
        (made.email_addresses ?? []).some(({ address }) => address?.toLowerCase() === email.toLowerCase()),
    });
  return { id: made.id, referenced };
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
  const made = await clio.create(
    'matters',
    `id,${CUSTOM_FIELDS},client{id},practice_area{id}`,
    data,
    MadeMatter,
  );
  const referenced = carriesReference(made.custom_field_values, fieldId, reference);
  if (referenced)
    expectKept('matter', String(made.id), {
      client: made.client?.id === payload.contactId,
      practice_area: practiceAreaId === undefined || made.practice_area?.id === practiceAreaId,
    });
  return { id: made.id, referenced };
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
