/**
 * Which bank account money may go into. An account's kind is part of its type and of its id's type, and the nature of the
 * fee decides the kind, so that a charge into the wrong account, or into none, cannot be written down. LawPay itself would
 * put a charge without an account silently into the primary one.
 */
import { z } from 'zod';
import { lazily } from '../lazily.js';
import { OutsideError } from '../failures.js';
import type { AccountKind, Money } from '../money.js';

/** 22 base64url characters in LawPay's documentation; a little room, because that is no promise. */
const accountId = lazily(() => z.string().regex(/^[\w-]{4,64}$/, 'an account id of LawPay'));
/** Id of an account that holds clients' money. Only the vendor's own word makes one, see `namedAccounts`. */
export const TrustAccountId = lazily(() => accountId.brand<'TrustAccountId'>());
export type TrustAccountId = z.infer<typeof TrustAccountId>;
/** Id of an account that holds the firm's own money. */
export const OperatingAccountId = lazily(() => accountId.brand<'OperatingAccountId'>());
export type OperatingAccountId = z.infer<typeof OperatingAccountId>;

const amountOf = () => ({ amountCents: z.int().positive(), currency: z.literal('USD') });

/**
 * An amount and its account. Fees that are not yet earned belong to the client until they are (ABA Model Rule 1.15, Formal
 * Opinion 505) and go to trust, nowhere else; the firm's own money must not lie there. Which of the two a fee is, is the
 * firm's setting, never a label or a guess.
 */
export const Deposit = lazily(() =>
  z.discriminatedUnion('fee', [
    z.strictObject({
      ...amountOf(),
      fee: z.literal('unearned'),
      account: z.strictObject({ kind: z.literal('trust'), id: TrustAccountId }),
    }),
    z.strictObject({
      ...amountOf(),
      fee: z.literal('earned'),
      account: z.strictObject({ kind: z.literal('operating'), id: OperatingAccountId }),
    }),
  ]),
);
export type Deposit = z.infer<typeof Deposit>;
export type DepositAccount = Deposit['account'];

/** The card accounts a firm has named at set-up. A kind it has not named takes no charge. */
export const FirmAccounts = lazily(() =>
  z.strictObject({
    trust: TrustAccountId.optional(),
    operating: OperatingAccountId.optional(),
  }),
);
export type FirmAccounts = z.infer<typeof FirmAccounts>;

/** An account as LawPay tells of it. */
export interface KnownAccount {
  id: string;
  /** Absent when LawPay does not know; such an account is never taken for either kind. */
  isTrust: boolean | undefined;
}

/**
 * The accounts a person chose, once LawPay has said of each that it is of that kind.
 * @throws OutsideError `invalid` naming the choice that LawPay does not confirm.
 */
export function namedAccounts(
  chosen: Readonly<Partial<Record<AccountKind, string>>>,
  known: readonly KnownAccount[],
): FirmAccounts {
  const confirmed = (kind: AccountKind): string | undefined => {
    const id = chosen[kind];
    if (id === undefined) return undefined;
    const account = known.find((one) => one.id === id);
    if (!account) throw new OutsideError('invalid', `${kind}: LawPay knows no account ${id} of this firm`);
    if (account.isTrust !== (kind === 'trust'))
      throw new OutsideError(
        'invalid',
        `${kind}: LawPay does not say that account ${id} is of the kind ${kind}`,
      );
    return id;
  };
  const [trust, operating] = [confirmed('trust'), confirmed('operating')];
  return FirmAccounts.parse({
    ...(trust !== undefined && { trust }),
    ...(operating !== undefined && { operating }),
  });
}

/**
 * The deposit that an amount calls for.
 * @throws OutsideError `invalid` when the firm has not named an account of that kind: nothing is charged then.
 */
export function depositOf({ amountCents, currency, account: kind }: Money, accounts: FirmAccounts): Deposit {
  const { trust, operating } = accounts;
  if (kind === 'trust' && trust !== undefined)
    return { fee: 'unearned', amountCents, currency, account: { kind, id: trust } };
  if (kind === 'operating' && operating !== undefined)
    return { fee: 'earned', amountCents, currency, account: { kind, id: operating } };
  throw new OutsideError('invalid', `the firm has named no ${kind} account: an administrator must name it`);
}
