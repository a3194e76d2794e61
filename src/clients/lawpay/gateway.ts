/**
 * The three requests that move money. Each says plainly what its answer proves: that it was done, that nothing was done, or
 * nothing at all. LawPay ignores idempotency keys and does not check that a reference is used once.
 */
import { z } from 'zod';
import { OutsideError } from '../../domain/failures.js';
import type { Deposit } from '../../domain/payments/deposit.js';
import { describe, parseAnswer, type Answer, type Exchange } from '../http.js';
import type { OpenAccount } from './accounts.js';
import { ask, type LawPayOptions, type LawPayRequest } from './client.js';
import { refusal } from './errors.js';
import { Transaction } from './transactions.js';

/** What came of a request. */
export type Moved =
  | { kind: 'done'; transaction: Transaction }
  /**
   * LawPay said no in so many words: nothing moved. A declined card leaves a failed transaction, whose id it gives. `about`
   * is what it speaks of, e.g. `Account[…]`.
   */
  | { kind: 'refused'; code: string; about: string; transactionId: string | undefined; error: OutsideError }
  /** It never left us: there was no slot for it, nobody took the connection, or we were told to stop before. */
  | { kind: 'unsent'; error: unknown }
  /** No proof either way. The id, when there is one, is that of a real transaction: to be read before anything else. */
  | { kind: 'unknown'; transactionId: string | undefined; error: OutsideError };

/** A charge with its account, which LawPay would otherwise choose itself. Never throws for a lost answer. */
export const charge = (
  options: LawPayOptions,
  { account, key }: OpenAccount,
  { deposit, token, reference }: { deposit: Deposit; token: string; reference: string },
): Promise<Moved> => {
  const { amountCents: amount, currency } = deposit;
  const body = { amount, currency, method: token, account_id: account.id, reference };
  return move(options, { method: 'POST', path: '/v1/charges', key, body });
};

/** Takes back a charge that is not settled. */
export const voidCharge = (
  options: LawPayOptions,
  { key }: OpenAccount,
  { transactionId, reference }: { transactionId: string; reference: string },
): Promise<Moved> => {
  const path = `/v1/transactions/${encodeURIComponent(transactionId)}/void`;
  return move(options, { method: 'POST', path, key, body: { reference } });
};

/** Gives back a settled charge or a part of it. */
export const refund = (
  options: LawPayOptions,
  { key }: OpenAccount,
  { transactionId, deposit, reference }: { transactionId: string; deposit: Deposit; reference: string },
): Promise<Moved> => {
  const path = `/v1/charges/${encodeURIComponent(transactionId)}/refund`;
  const { amountCents: amount, currency } = deposit;
  return move(options, { method: 'POST', path, key, body: { amount, currency, reference } });
};

async function move(options: LawPayOptions, request: LawPayRequest): Promise<Moved> {
  const { pacer } = options;
  try {
    await pacer.before();
  } catch (error) {
    return { kind: 'unsent', error };
  }
  const paced = { ...options, pacer: { ...pacer, before: () => Promise.resolve() } };
  let sent: Awaited<ReturnType<typeof ask>>;
  try {
    sent = await ask(paced, request);
  } catch (error) {
    // Told to stop while it was on its way: the ledger goes on saying `sent`.
    if (!(error instanceof OutsideError)) throw error;
    if (error.errorClass !== 'outcome_unknown') return { kind: 'unsent', error };
    return { kind: 'unknown', transactionId: undefined, error };
  }
  const { call, answer } = sent;
  if (answer.status !== 200) return refusedOrUnknown(call, answer);
  try {
    return { kind: 'done', transaction: parseAnswer(call, answer, Transaction) };
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    return { kind: 'unknown', transactionId: undefined, error };
  }
}

const Messages = z.object({
  messages: z
    .array(
      z.looseObject({
        code: z.string().regex(/^[a-z_]{1,60}$/),
        entity_id: z.string().nullish(),
        context: z.string().nullish(),
      }),
    )
    .min(1),
});

/**
 * Only LawPay's own words are proof that nothing was done: a validation error or decline (400, 404, 422) or refused
 * credentials (401, 403), with `messages`. Everything else may come from something in between, or after the work.
 */
function refusedOrUnknown(call: Exchange, answer: Answer): Moved {
  const message = messagesOf(answer.text)?.[0];
  const transactionId = message?.entity_id ?? undefined;
  if (message && [400, 401, 403, 404, 422].includes(answer.status))
    return {
      kind: 'refused',
      code: message.code,
      about: message.context ?? '',
      transactionId,
      error: refusal(call, answer, Date.now()),
    };
  const what = `LawPay answered ${answer.status}${message ? ` (${message.code})` : ''} to ${describe(call)}`;
  return { kind: 'unknown', transactionId, error: new OutsideError('outcome_unknown', what) };
}

function messagesOf(text: string): z.infer<typeof Messages>['messages'] | undefined {
  try {
    return Messages.parse(JSON.parse(text)).messages;
  } catch {
    return undefined;
  }
}
