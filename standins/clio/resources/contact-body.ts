import { z } from 'zod';
import type { Stored } from '../collection.js';
import { applyCustomValues, CustomValuesBody } from '../custom-values.js';
import { ClioRefusal, dataOf } from '../errors.js';
import type { Firm } from '../firm.js';
import type { Contact } from '../records.js';
import { arrayBodies, mergeItems } from './contact-arrays.js';
import { optionalText, reference } from './text.js';

const Body = z.object({
  type: z.enum(['Person', 'Company']),
  name: optionalText,
  first_name: optionalText,
  middle_name: optionalText,
  last_name: optionalText,
  prefix: optionalText,
  title: optionalText,
  date_of_birth: z.iso.date().nullish(),
  company: reference.nullish(),
  ...arrayBodies,
  custom_field_values: CustomValuesBody,
});
const Change = Body.partial();

/**
 * The contact a create or change asks for.
 * @param before the contact as it is; undefined for a create.
 * @throws ClioRefusal
 */
export function contactFrom(
  firm: Firm,
  before: Contact | undefined,
  request: unknown,
): Omit<Contact, keyof Stored> {
  const body: z.infer<typeof Change> = dataOf(before ? Change : Body, request);
  const companyId = body.company === undefined ? (before?.companyId ?? null) : (body.company?.id ?? null);
  if (companyId !== null && firm.contacts.find(companyId)?.type !== 'Company')
    throw new ClioRefusal('validation', 'company must be a contact of type Company');
  const { customFields } = firm;
  return {
    ...namesFrom(before, body),
    prefix: kept(body.prefix, before?.prefix),
    title: kept(body.title, before?.title),
    date_of_birth: kept(body.date_of_birth, before?.date_of_birth),
    companyId,
    email_addresses: mergeItems(
      'email_addresses',
      before?.email_addresses ?? [],
      body.email_addresses,
      'address',
    ),
    phone_numbers: mergeItems('phone_numbers', before?.phone_numbers ?? [], body.phone_numbers, 'number'),
    addresses: mergeItems('addresses', before?.addresses ?? [], body.addresses),
    customValues: applyCustomValues(
      before?.customValues ?? [],
      body.custom_field_values,
      'Contact',
      customFields,
    ),
  };
}

type Names = Pick<Contact, 'type' | 'name' | 'first_name' | 'middle_name' | 'last_name'>;

/** A person needs a first or last name, or a `name` that can be split; a company needs a name. */
function namesFrom(before: Contact | undefined, body: z.infer<typeof Change>): Names {
  const type = body.type ?? before?.type ?? 'Person';
  if (type === 'Company') {
    const name = kept(body.name, before?.name);
    if (!name) throw new ClioRefusal('validation', "Name can't be blank");
    return { type, name, first_name: null, middle_name: null, last_name: null };
  }
  const named = body.first_name != null || body.last_name != null;
  const split = !named && body.name ? /^(\S+)\s+(?:(.+)\s+)?(\S+)$/.exec(body.name.trim()) : null;
  if (!named && body.name && !split)
    throw new ClioRefusal('validation', 'Name cannot be split into first and last');
  const first = split?.[1] ?? kept(body.first_name, before?.first_name);
  const middle = split ? (split[2] ?? null) : kept(body.middle_name, before?.middle_name);
  const last = split?.[3] ?? kept(body.last_name, before?.last_name);
  if (!first && !last)
    throw new ClioRefusal('validation', 'First name or last name is required for a person');
  return {
    type,
    name: [first, middle, last].filter(Boolean).join(' '),
    first_name: first,
    middle_name: middle,
    last_name: last,
  };
}

function kept(asked: string | null | undefined, before: string | null | undefined): string | null {
  return (asked === undefined ? before : asked) ?? null;
}
