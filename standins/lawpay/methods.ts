import { createHash } from 'node:crypto';
import { z } from 'zod';
import { bankVerdict, cardVerdict, type Verdict } from './test-numbers.js';

const payer = {
  public_key: z.string().optional(),
  name: z.string().optional(),
  email: z.string().optional(),
  phone: z.string().max(22).optional(),
  postal_code: z.string().max(10).optional(),
  reference: z.string().max(64).optional(),
};
/** Creating a token does not check the number: a bad one fails when it is charged. */
export const TokenBody = z.discriminatedUnion('type', [
  z.object({
    ...payer,
    type: z.literal('card'),
    number: z.string().min(1),
    exp_month: z.coerce.number().int().min(1).max(12),
    exp_year: z.coerce.number().int(),
    cvv: z.string().optional(),
  }),
  z.object({
    ...payer,
    type: z.literal('bank'),
    routing_number: z.string().length(9),
    account_number: z.string().min(4).max(17),
    account_type: z.enum(['CHECKING', 'SAVINGS']),
  }),
]);

/** A payment method as shown: numbers masked. */
export type MaskedMethod = { type: 'card' | 'bank' } & Record<string, unknown>;

type Method = z.infer<typeof TokenBody>;

/** What may be shown and stored of a method. */
export function masked({ public_key: _key, ...body }: Method): MaskedMethod {
  const stars = (text: string, shown = 4) =>
    '*'.repeat(Math.max(0, text.length - shown)) + text.slice(-shown);
  const fingerprint = (text: string) => createHash('sha256').update(text).digest('base64url').slice(0, 22);
  if (body.type === 'card')
    return {
      ...body,
      number: stars(body.number),
      fingerprint: fingerprint(body.number),
      card_type: cardType(body.number),
      ...(body.cvv === undefined ? {} : { cvv: '***' }),
    };
  return {
    ...body,
    routing_number: stars(body.routing_number, 3),
    account_number: stars(body.account_number, 3),
    fingerprint: fingerprint(body.routing_number + body.account_number),
  };
}

/** What the processor will say when it is charged. */
export function verdictOn(body: Method, nowMs: number): Verdict {
  if (body.type === 'bank') return bankVerdict(body.routing_number, body.account_number);
  const year = body.exp_year < 100 ? 2_000 + body.exp_year : body.exp_year;
  // Good through the last day of its month: month numbers of Date.UTC count from 0.
  return cardVerdict(body.number, Date.UTC(year, body.exp_month, 1), nowMs);
}

const brands: readonly [RegExp, string][] = [
  [/^4/, 'VISA'],
  [/^5[1-5]/, 'MASTERCARD'],
  [/^3[47]/, 'AMERICAN_EXPRESS'],
  [/^6(011|5)/, 'DISCOVER'],
  [/^3(0[0-5]|[68])/, 'DINERS_CLUB'],
  [/^35/, 'JCB'],
];

function cardType(number: string): string {
  return brands.find(([pattern]) => pattern.test(number))?.[1] ?? 'UNKNOWN';
}
