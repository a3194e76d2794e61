/** Comparing names for the conflict check. A search, not the firm's own conflict check: "possible" goes to a person. */

/** A contact the firm already has. */
export interface KnownContact {
  id: string;
  name: string;
  phones: readonly string[];
}

/** Who was named in the call; see `hitsAmong`. */
export interface Named {
  name: string;
  /** The caller's own number, when this name is the caller's. */
  phoneE164?: string;
}

/** A name without accents, case, punctuation and double spaces, so that "Muñoz, Ana" and "ana munoz" differ only in order. */
export const foldName = (name: string): string =>
  name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

const lastTenDigits = (phone: string): string => phone.replace(/\D/g, '').slice(-10);

/**
 * Contacts whose folded name equals the named one's. Left out: the contact this intake made itself, and a contact with
 * the caller's own name *and* number, which is the caller calling again.
 */
export function hitsAmong(
  named: Named,
  contacts: readonly KnownContact[],
  ownContactId: string,
): KnownContact[] {
  const folded = foldName(named.name);
  if (folded === '') return [];
  const { phoneE164 } = named;
  const sameNumber = (contact: KnownContact): boolean =>
    phoneE164 !== undefined &&
    contact.phones.some((phone) => lastTenDigits(phone) === lastTenDigits(phoneE164));
  return contacts.filter(
    (contact) => contact.id !== ownContactId && foldName(contact.name) === folded && !sameNumber(contact),
  );
}
