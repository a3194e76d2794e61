import type { Collection, Stored } from '../collection.js';
import { viewCustomValues } from '../custom-values.js';
import type { Firm } from '../firm.js';
import type { Contact, ContactItem, Matter } from '../records.js';

const stampNames = ['id', 'etag', 'created_at', 'updated_at'];
const personNames = ['type', 'name', 'first_name', 'middle_name', 'last_name', 'prefix', 'title', 'initials'];
const primaryNames = ['primary_email_address', 'primary_phone_number'];
/** Names an association to a contact can be asked for. */
export const contactFields = [...stampNames, ...personNames, 'date_of_birth', 'is_client', ...primaryNames];

const numberNames = ['number', 'display_number', 'custom_number', 'client_reference', 'maildrop_address'];
const dateNames = ['open_date', 'pending_date', 'close_date'];
/** Names an association to a matter can be asked for. */
export const matterFields = [
  ...stampNames,
  ...numberNames,
  ...dateNames,
  ...['description', 'status', 'location', 'billable'],
];

/** The contact as read, for itself and for the matters that name it. */
export function viewContact(firm: Firm, contact: Contact): Record<string, unknown> {
  const primary = (items: ContactItem[]) => items.find((item) => item.primary);
  return {
    ...contact,
    initials: contact.name
      .split(/\s+/)
      .map((word) => word.charAt(0))
      .join('')
      .toUpperCase(),
    company: contact.companyId === null ? null : firm.contacts.find(contact.companyId),
    primary_email_address: primary(contact.email_addresses)?.['address'] ?? null,
    primary_phone_number: primary(contact.phone_numbers)?.['number'] ?? null,
    custom_field_values: viewCustomValues(contact.customValues, 'Contact', firm.customFields),
  };
}

/** The matter as read, for itself and for its notes. */
export function viewMatter(firm: Firm, matter: Matter): Record<string, unknown> {
  const client = firm.contacts.find(matter.clientId);
  const associated = <T extends Stored>(collection: Collection<T>, id: number | null) =>
    id === null ? null : collection.find(id);
  return {
    ...matter,
    status: matter.status.charAt(0).toUpperCase() + matter.status.slice(1),
    client: client ? { ...viewContact(firm, client), is_client: true } : null,
    practice_area: associated(firm.practiceAreas, matter.practiceAreaId),
    responsible_attorney: associated(firm.users, matter.responsibleAttorneyId),
    originating_attorney: associated(firm.users, matter.originatingAttorneyId),
    custom_field_values: viewCustomValues(matter.customValues, 'Matter', firm.customFields),
  };
}
