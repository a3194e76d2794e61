import { notFound, refusal } from './errors.js';

/** A bank account of the firm at LawPay. Every one has its own pair of keys. */
export interface Account {
  id: string;
  kind: 'card' | 'bank';
  name: string;
  /** Used when a charge names no account: money may land in the wrong one. */
  primary: boolean;
  trust: boolean;
  publicKey: string;
  secretKey: string;
}

/** Test-mode accounts of one firm; the operating ones are primary. */
export const accounts: readonly Account[] = [
  account('operatingCardAccount01', 'card', 'Operating', false),
  account('trustCardAccount000001', 'card', 'Trust (IOLTA)', true),
  account('operatingAchAccount001', 'bank', 'Operating eCheck', false),
  account('trustAchAccount0000001', 'bank', 'Trust (IOLTA) eCheck', true),
];

function account(id: string, kind: Account['kind'], name: string, trust: boolean): Account {
  return { id, kind, name, primary: !trust, trust, publicKey: `m_${id}`, secretKey: `secret-${id}` };
}

export const merchant = { id: 'standinMerchant0000001', slug: 'whitfield-law', name: 'Whitfield Law, PLLC' };

/** Payment pages: the page decides which account the money goes to. `slug` is the last part of its URL. */
export const pages = [
  {
    id: 101,
    slug: 'operating',
    title: 'Pay an invoice',
    card: 'operatingCardAccount01',
    ach: 'operatingAchAccount001',
  },
  {
    id: 102,
    slug: 'trust',
    title: 'Retainers and consultations',
    card: 'trustCardAccount000001',
    ach: 'trustAchAccount0000001',
  },
] as const;

/**
 * The account a charge goes to. Without an id: the primary one of the method's kind, silently.
 * @throws LawPayRefusal for an unknown id or one of the other kind.
 */
export function accountFor(id: string | undefined, kind: Account['kind']): Account {
  const account = accounts.find((one) =>
    id === undefined ? one.primary && one.kind === kind : one.id === id,
  );
  if (account === undefined) throw notFound('Account', id ?? 'primary');
  if (account.kind !== kind) throw refusal(422, 'incorrect_payment_type', { context: 'account_id' });
  return account;
}
