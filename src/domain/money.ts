import { z } from 'zod';

/** Which bank account money goes to. Mixing them is a disciplinary matter for the lawyer, so it is never a default. */
export const AccountKind = z.enum(['trust', 'operating']);
export type AccountKind = z.infer<typeof AccountKind>;

/** Integer US cents with the account they are meant for. */
export const Money = z.object({
  amountCents: z.int().positive(),
  currency: z.literal('USD'),
  account: AccountKind,
});
export type Money = z.infer<typeof Money>;
