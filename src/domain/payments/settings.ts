/** What a firm must have settled before money is asked for; kept in its LawPay connection. */
import { z } from 'zod';
import { OutsideError } from '../failures.js';
import { FirmAccounts } from './deposit.js';

/** What a page takes `amount=100` for. Documented as cents; firms were seen sending dollars. */
export type AmountUnit = 'cents' | 'dollars';

/**
 * The number that a person puts on the firm's own page to see what it becomes: $12.34 or $1,234.00. No other reading of it
 * exists, and neither sum can be mistaken for the other.
 */
export const UNIT_PROBE = 1_234;

/** That somebody has looked at the firm's page: who, when and what they saw. */
export const UnitProof = z.strictObject({
  unit: z.enum(['cents', 'dollars']),
  /** The sum the page showed for `amount=1234`, cents. */
  shownCents: z.int().positive(),
  by: z.string().min(1),
  atMs: z.int().positive(),
});
export type UnitProof = z.infer<typeof UnitProof>;

export const LawPaySettings = z.object({
  mode: z.enum(['test', 'live']).default('live'),
  /** Absent until somebody has looked: no link goes out before. Taken away again when a payment contradicts it. */
  unitProof: UnitProof.nullish().transform((proof) => proof ?? undefined),
  /** Page id by account kind, needed when a firm has several pages on one kind of account. */
  pages: z.object({ trust: z.number().optional(), operating: z.number().optional() }).default({}),
  /** Where our own charges go. */
  accounts: FirmAccounts.default({}),
  /** Whose page callers are sent to: LawPay's, or ours, which charges by the API. */
  payOn: z.enum(['lawpay', 'hermes']).default('lawpay'),
  /** SHA-256, in hex, of the secret in the address that LawPay sends events to. */
  eventsSecretSha256: z.string().optional(),
});
export type LawPaySettings = z.infer<typeof LawPaySettings>;

/** @throws OutsideError `invalid` naming the field. */
export function readLawPaySettings(stored: unknown): LawPaySettings {
  const settings = LawPaySettings.safeParse(stored);
  if (settings.success) return settings.data;
  const field = settings.error.issues[0]?.path.join('.') ?? 'settings';
  throw new OutsideError('invalid', `the firm’s LawPay settings lack a valid "${field}"`);
}

/** @returns undefined when the sum fits neither reading of the probe: the page shows something else. */
export function unitShownBy(shownCents: number): AmountUnit | undefined {
  if (shownCents === UNIT_PROBE) return 'cents';
  return shownCents === UNIT_PROBE * 100 ? 'dollars' : undefined;
}

/** @throws OutsideError `invalid` while nobody has looked: a hundred times too much or too little would be asked for. */
export function verifiedUnit({ unitProof }: LawPaySettings): UnitProof {
  if (unitProof && unitShownBy(unitProof.shownCents) === unitProof.unit) return unitProof;
  throw new OutsideError(
    'invalid',
    'nobody has verified yet whether the firm’s payment pages count in cents or dollars: an administrator must',
  );
}

/** The `amount` parameter of a page. */
export const pageAmount = (amountCents: number, { unit }: UnitProof): string =>
  unit === 'cents' ? String(amountCents) : (amountCents / 100).toFixed(2);
