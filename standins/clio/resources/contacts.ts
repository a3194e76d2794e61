import { customValueFields } from '../custom-values.js';
import { ClioRefusal } from '../errors.js';
import type { Shape } from '../fields.js';
import type { Firm } from '../firm.js';
import type { Contact, ContactItem } from '../records.js';
import type { Resource } from '../resource.js';
import { contactFrom } from './contact-body.js';
import { containsWords } from './text.js';
import { contactFields, viewContact } from './views.js';

const shape: Shape = {
  ...Object.fromEntries(contactFields.map((name) => [name, true as const])),
  company: contactFields,
  email_addresses: ['id', 'etag', 'name', 'address', 'primary'],
  phone_numbers: ['id', 'etag', 'name', 'number', 'primary'],
  addresses: ['id', 'etag', 'name', 'street', 'city', 'province', 'postal_code', 'country', 'primary'],
  custom_field_values: customValueFields,
};

export function contacts(firm: Firm): Resource<Contact> {
  const isClient = ({ id }: Contact) => firm.matters.all().some(({ clientId }) => clientId === id);
  return {
    path: 'contacts',
    collection: firm.contacts,
    shape,
    view: (contact) => ({ ...viewContact(firm, contact), is_client: isClient(contact) }),
    filters: {
      query: (contact, query) => containsWords(searchable(firm, contact), query),
      type: (contact, value) => contact.type.toLowerCase() === value.toLowerCase(),
      initial: (contact, value) =>
        (contact.last_name ?? contact.name).toLowerCase().startsWith(value.toLowerCase()),
      client_only: (contact, value) => value !== 'true' || isClient(contact),
      email_only: (contact, value) => value !== 'true' || contact.email_addresses.length > 0,
    },
    customValues: ({ customValues }) => customValues,
    write: {
      create: (body) => contactFrom(firm, undefined, body),
      change: (contact, body) => contactFrom(firm, contact, body),
      mayRemove: ({ id }) => {
        if (firm.matters.all().some(({ clientId, status }) => clientId === id && status !== 'closed'))
          throw new ClioRefusal('validation', 'The contact is the client of an open matter');
      },
    },
  };
}

/** Where Clio's `query` looks. */
function searchable(firm: Firm, contact: Contact): (string | null | undefined)[] {
  const { id, name, title, companyId, customValues } = contact;
  const matters = firm.matters.all().filter(({ clientId }) => clientId === id);
  return [
    name,
    title,
    ...[contact.email_addresses, contact.phone_numbers, contact.addresses].flat().flatMap(texts),
    ...customValues.map(({ value }) => value),
    ...matters.map((matter) => matter.display_number),
    companyId === null ? null : firm.contacts.find(companyId)?.name,
  ];
}

function texts(item: ContactItem): string[] {
  return Object.values(item).filter((value) => typeof value === 'string');
}
