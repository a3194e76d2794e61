/** The firm's bank accounts at LawPay, each with a pair of keys of its own. */
import { z } from 'zod';
import { OutsideError } from '../../domain/failures.js';
import type { DepositAccount, KnownAccount } from '../../domain/payments/deposit.js';
import type { LawPaySettings } from '../../domain/payments/settings.js';
import { read, type LawPayOptions, type SecretKey } from './client.js';
import { refusal } from './errors.js';

/** Documented as a boolean, answered as a string; absent when LawPay does not know. */
const TrustFlag = z
  .union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')])
  .nullish()
  .transform((flag) => flag ?? undefined);

const Account = z
  .object({
    id: z.string(),
    name: z.string().default(''),
    type: z.string().default('MerchantAccount'),
    trust_account: TrustFlag,
    public_key: z.string(),
    secret_key: z.string(),
  })
  .transform((account) => ({
    id: account.id,
    name: account.name,
    takesCards: account.type === 'MerchantAccount',
    isTrust: account.trust_account,
    publicKey: account.public_key,
    secretKey: account.secret_key as SecretKey,
  }));
export type PaymentAccount = z.infer<typeof Account> & KnownAccount;
const Credentials = z.object({ test_accounts: z.array(Account), live_accounts: z.array(Account) });

/** The accounts of the firm's mode. @throws OutsideError */
export async function readAccounts(
  options: LawPayOptions,
  mode: LawPaySettings['mode'],
): Promise<PaymentAccount[]> {
  const credentials = await read(options, { path: '/gateway-credentials' }, Credentials, refusal);
  return mode === 'live' ? credentials.live_accounts : credentials.test_accounts;
}

/** An account that LawPay has just confirmed to be of its kind: nothing else can be charged. */
export interface OpenAccount {
  readonly account: DepositAccount;
  readonly key: SecretKey;
  /** Lets a browser make tokens and nothing else. */
  readonly publicKey: string;
  readonly confirmed: unique symbol;
}

/**
 * The account of a deposit with its key, if LawPay still says that it is of that kind and takes cards.
 * @throws OutsideError `invalid`: a charge there would put money where it must not lie.
 */
export function openAccount(accounts: readonly PaymentAccount[], account: DepositAccount): OpenAccount {
  const known = accounts.find(({ id }) => id === account.id);
  if (!known) throw new OutsideError('invalid', `LawPay knows no account ${account.id} of this firm`);
  if (known.isTrust !== (account.kind === 'trust'))
    throw new OutsideError(
      'invalid',
      `LawPay does not say that account ${account.id} is of the kind ${account.kind}`,
    );
  if (!known.takesCards) throw new OutsideError('invalid', `account ${account.id} takes no cards`);
  return { account, key: known.secretKey, publicKey: known.publicKey } as OpenAccount;
}
