import { customValueFields } from '../custom-values.js';
import { ClioRefusal } from '../errors.js';
import type { Firm } from '../firm.js';
import type { Contact, ContactItem } from '../records.js';
import type { Resource } from '../resource.js';
import { contactFrom } from './contact-body.js';
import { containsWords } from './text.js';
import { contactFields, viewContact } from './views.js';

export function contacts(firm: Firm): Resource<Contact> {
  const isClient = ({ id }: Contact) => firm.matters.all().some(({ clientId }) => clientId === id);
  const company = ({ companyId }: Contact) =>
    companyId === null ? undefined : firm.contacts.find(companyId);
  const matchesQuery = (contact: Contact, query: string) =>
    containsWords(
      [
        contact.name,
        contact.title,
        ...[...contact.email_addresses, ...contact.phone_numbers, ...contact.addresses].flatMap(texts),
        ...contact.customValues.map(({ value }) => value),
        ...firm.matters
          .all()
          .filter(({ clientId }) => clientId === contact.id)
          .map((matter) => matter.display_number),
        company(contact)?.name,
      ],
      query,
    );
  return {
    path: 'contacts',
    collection: firm.contacts,
    shape: {
      ...Object.fromEntries(contactFields.map((name) => [name, true as const])),
      company: contactFields,
      email_addresses: ['id', 'etag', 'name', 'address', 'primary'],
      phone_numbers: ['id', 'etag', 'name', 'number', 'primary'],
      addresses: ['id', 'etag', 'name', 'street', 'city', 'province', 'postal_code', 'country', 'primary'],
      custom_field_values: customValueFields,
    },
    view: (contact) => ({ ...viewContact(firm, contact), is_client: isClient(contact) }),
    filters: {
      query: matchesQuery,
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

function texts(item: ContactItem): string[] {
  return Object.values(item).filter((value) => typeof value === 'string');
}
