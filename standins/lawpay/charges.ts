import { randomInt } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { requireSecretKey } from './auth.js';
import type { Books, Transaction } from './books.js';
import { LawPayRefusal, parseBody, refusal } from './errors.js';
import { accountFor } from './merchant.js';
import type { SpentToken, Tokens } from './tokens.js';

/** Integer cents, as a number or as text. */
export const Cents = z
  .union([z.number(), z.string().regex(/^\d+$/).transform(Number)])
  .pipe(z.int().min(1).max(99_999_999_999_999));
const ChargeBody = z.object({
  amount: Cents,
  currency: z.string().length(3).default('USD'),
  /** A token id. A raw card object needs a permission this firm does not have. */
  method: z.union([z.string().min(1), z.record(z.string(), z.unknown())]),
  account_id: z.string().optional(),
  reference: z.string().max(128).optional(),
  data: z.record(z.string(), z.unknown()).optional(),
  auto_capture: z.boolean().default(true),
});

/** Charging. `Idempotency-Key` means nothing here and `reference` is not unique: twice is twice. */
export function chargeRoutes(app: FastifyInstance, books: Books, tokens: Tokens): void {
  app.post('/v1/charges', (request) => {
    requireSecretKey(request.headers.authorization);
    const body = parseBody(ChargeBody, request.body);
    if (typeof body.method !== 'string')
      throw refusal(422, 'unavailable_for_merchant_policy', { context: 'method' });
    const { method: tokenId, account_id: accountId, ...content } = body;
    const token = tokens.spend(tokenId);
    const account = accountFor(accountId, token.shown.type);
    return charge(books, account.id, content, token);
  });
}

/** Asks the processor. @throws LawPayRefusal with the stored transaction's id when it says no or breaks down. */
function charge(
  books: Books,
  accountId: string,
  content: Omit<z.infer<typeof ChargeBody>, 'method' | 'account_id'>,
  { shown: method, verdict }: SpentToken,
): Transaction {
  const { reference, data, ...money } = content;
  const what = { type: 'CHARGE' as const, account_id: accountId, method, amount_refunded: 0 };
  const base = { ...what, ...money, ...given({ reference, data }) };
  const code = verdict.failureCode;
  if (code !== undefined) {
    const failed = books.open({ ...base, status: 'FAILED', failure_code: code });
    const message = { code, level: 'error', facility: 'payment_processor', entity_id: failed.id } as const;
    throw new LawPayRefusal(verdict.isBreakdown ? 500 : 422, [message]);
  }
  const { cvvResult = 'MATCHED', avsResult = 'ADDRESS_AND_POSTAL_CODE' } = verdict;
  const checks = method.type === 'card' ? { cvv_result: cvvResult, avs_result: avsResult } : {};
  const authorized = { ...base, ...checks, authorization_code: authorizationCode() };
  return books.open({ ...authorized, status: 'AUTHORIZED' }, 'transaction.authorized');
}

interface Extras {
  reference?: string | undefined;
  data?: Record<string, unknown> | undefined;
}

/** Only what was given. */
export function given({ reference, data }: Extras): { reference?: string; data?: Record<string, unknown> } {
  return { ...(reference === undefined ? {} : { reference }), ...(data === undefined ? {} : { data }) };
}

/** Six capital letters, as card networks give. */
export function authorizationCode(): string {
  return Array.from({ length: 6 }, () => String.fromCharCode(65 + randomInt(26))).join('');
}
