import { z } from 'zod';
import { lazily } from './lazily.js';

/** Which bank account money goes to. Mixing them is a disciplinary matter for the lawyer, so it is never a default. */
export const AccountKind = lazily(() => z.enum(['trust', 'operating']));
export type AccountKind = z.infer<typeof AccountKind>;

/** Integer US cents with the account they are meant for. */
export const Money = lazily(() =>
  z.object({
    amountCents: z.int().positive(),
    currency: z.literal('USD'),
    account: AccountKind,
  }),
);
export type Money = z.infer<typeof Money>;
