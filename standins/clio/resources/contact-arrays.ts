import { z } from 'zod';
import { ClioRefusal } from '../errors.js';
import type { ContactItem } from '../records.js';
import { optionalText } from './text.js';

/** More than this many of each is refused (since API version 4.0.13). */
const arrayLimit = 20;

const item = { id: z.int().optional(), _destroy: z.boolean().optional() };
/** Write keys differ from read keys: `default_number` goes in, `primary` comes out. */
const EmailBody = z.object({
  ...item,
  name: z.enum(['Work', 'Home', 'Other']).optional(),
  address: z.email().optional(),
  default_email: z.boolean().optional(),
});
const PhoneBody = z.object({
  ...item,
  name: z.enum(['Work', 'Home', 'Mobile', 'Fax', 'Pager', 'Skype', 'Other']).optional(),
  number: z.string().min(1).optional(),
  default_number: z.boolean().optional(),
});
const AddressBody = z.object({
  ...item,
  name: z.enum(['Work', 'Home', 'Billing', 'Other']).optional(),
  street: optionalText,
  city: optionalText,
  province: optionalText,
  postal_code: optionalText,
  country: optionalText,
});

/** The three arrays of a contact's body. */
export const arrayBodies = {
  email_addresses: z.array(EmailBody).optional(),
  phone_numbers: z.array(PhoneBody).optional(),
  addresses: z.array(AddressBody).optional(),
};

type ItemBody = z.infer<typeof EmailBody> | z.infer<typeof PhoneBody> | z.infer<typeof AddressBody>;

/**
 * Applies a body's array to what the contact has: an `id` changes that item, `_destroy` removes it, the rest is added.
 * One item is always primary: the last one flagged as default, else the first.
 * @param valueKey what makes an item worth keeping, e.g. `number`; undefined for addresses.
 * @throws ClioRefusal `validation` for an unknown id, a missing value or a 21st item.
 */
export function mergeItems(
  label: string,
  existing: readonly ContactItem[],
  body: readonly ItemBody[] | undefined,
  valueKey?: string,
): ContactItem[] {
  const items = [...existing];
  let primaryId = items.find(({ primary }) => primary)?.id;
  for (const { id, _destroy, ...rest } of body ?? []) {
    const at = items.findIndex((known) => known.id === id);
    if (id !== undefined && at < 0)
      throw new ClioRefusal('validation', `${label}: ${id} does not belong to this contact`);
    if (at >= 0 && _destroy) {
      items.splice(at, 1);
      continue;
    }
    const { item: changed, isDefault } = itemFrom(items[at], rest, nextId(items));
    if (valueKey !== undefined && changed[valueKey] === undefined)
      throw new ClioRefusal('validation', `${label}: ${valueKey} can't be blank`);
    items.splice(at < 0 ? items.length : at, 1, changed);
    if (isDefault) primaryId = changed.id;
  }
  if (items.length > arrayLimit)
    throw new ClioRefusal('validation', `${label}: at most ${arrayLimit} are allowed`);
  const primary = items.find(({ id }) => id === primaryId) ?? items[0];
  return items.map((entry) => ({ ...entry, primary: entry === primary }));
}

function itemFrom(known: ContactItem | undefined, body: Record<string, unknown>, freeId: number) {
  const { default_email: email, default_number: number, ...content } = body;
  const item: ContactItem = { name: 'Other', ...known, ...content, id: known?.id ?? freeId, primary: false };
  return { item, isDefault: email === true || number === true };
}

function nextId(items: readonly ContactItem[]): number {
  return Math.max(0, ...items.map(({ id }) => id)) + 1;
}
