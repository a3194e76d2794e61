/**
 * LawPay payment pages: the payer types the card on LawPay's own page, so no card number ever comes near us. Each page is
 * tied to one bank account, so choosing the page chooses trust or operating.
 */
import { z } from 'zod';
import { OutsideError } from '../../domain/failures.js';
import type { Money } from '../../domain/money.js';
import type { PayloadOf } from '../../domain/writes.js';
import { exchange, parseAnswer, type Exchange } from '../http.js';
import { refusal } from './errors.js';

export interface LawPayOptions {
  /** `https://api.8am.com` */
  baseUrl: string;
  /** Partner access token. */
  accessToken: string;
  timeoutMs: number;
  signal: AbortSignal;
}

/** What a firm must have settled before a link may be made; kept in its connection. */
export const LawPaySettings = z.object({
  mode: z.enum(['test', 'live']).default('live'),
  /** What `amount=100` means on this firm's pages. Docs say cents, firms were seen sending dollars: never guessed. */
  amountUnit: z.enum(['cents', 'dollars']),
  /** Page id by account kind, needed when a firm has several pages on one kind of account. */
  pages: z.object({ trust: z.number().optional(), operating: z.number().optional() }).default({}),
});
export type LawPaySettings = z.infer<typeof LawPaySettings>;

const Page = z.object({ id: z.number(), merchant_account_id: z.string(), public_url: z.url() });
export type PaymentPage = z.infer<typeof Page>;
const PageList = z.object({ payment_pages: z.array(Page) });

/** Documented as a boolean, answered as a string; absent when LawPay does not know. */
const TrustFlag = z
  .union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')])
  .nullish();
const Account = z.object({ id: z.string(), trust_account: TrustFlag });
export type PaymentAccount = z.infer<typeof Account>;
const Credentials = z.object({ test_accounts: z.array(Account), live_accounts: z.array(Account) });

/** The firm's pages and the accounts behind them, for its mode. @throws OutsideError */
export async function readPagesAndAccounts(
  options: LawPayOptions,
  mode: LawPaySettings['mode'],
): Promise<{ pages: PaymentPage[]; accounts: PaymentAccount[] }> {
  const pages = await get(options, '/payment-pages', PageList);
  const credentials = await get(options, '/gateway-credentials', Credentials);
  return {
    pages: pages.payment_pages,
    accounts: mode === 'live' ? credentials.live_accounts : credentials.test_accounts,
  };
}

async function get<T>(options: LawPayOptions, path: string, schema: z.ZodType<T>): Promise<T> {
  const call: Exchange = {
    vendor: 'LawPay',
    method: 'GET',
    url: new URL(path, options.baseUrl),
    headers: { authorization: `Bearer ${options.accessToken}`, accept: 'application/json' },
    timeoutMs: options.timeoutMs,
    signal: options.signal,
  };
  const answer = await exchange(call);
  if (answer.status !== 200) throw refusal(call, answer, Date.now());
  return parseAnswer(call, answer, schema);
}

/**
 * The one page whose bank account is of the wanted kind. An account LawPay says nothing about is never taken for
 * either: money in the wrong account is a disciplinary matter for the lawyer.
 * @throws OutsideError `invalid` when none or several fit; a person must map the page.
 */
export function choosePage(
  pages: readonly PaymentPage[],
  accounts: readonly PaymentAccount[],
  kind: Money['account'],
  mapped: LawPaySettings['pages'],
): PaymentPage {
  const ofKind = new Set(
    accounts.filter(({ trust_account }) => trust_account === (kind === 'trust')).map(({ id }) => id),
  );
  const fitting = pages.filter(({ merchant_account_id }) => ofKind.has(merchant_account_id));
  const wanted = mapped[kind];
  const chosen = wanted === undefined ? fitting : fitting.filter(({ id }) => id === wanted);
  const [page, another] = chosen;
  if (page && !another) return page;
  const count = page ? 'several payment pages are' : 'no payment page is';
  const mapping = wanted === undefined ? '' : ` (mapped page: ${wanted})`;
  throw new OutsideError(
    'invalid',
    `${count} on a ${kind} account${mapping}: map one in the firm’s settings`,
  );
}

/**
 * The link a payer opens. Parameters can be edited by whoever holds it, so a payment is reconciled against the fetched
 * transaction later; `readOnlyFields` only spares honest mistakes. Spaces travel as %20, as LawPay wants.
 */
export function paymentLink(
  publicUrl: string,
  payload: PayloadOf<'lawpay.paymentRequest.create'>,
  amountUnit: LawPaySettings['amountUnit'],
): string {
  const { money, reference, payerName, payerEmail } = payload;
  const parameters: [string, string | undefined][] = [
    ['amount', amountUnit === 'cents' ? String(money.amountCents) : (money.amountCents / 100).toFixed(2)],
    ['reference', reference],
    ['readOnlyFields', 'reference,amount'],
    ['name', payerName],
    ['email', payerEmail],
  ];
  const url = new URL(publicUrl);
  url.search = parameters
    .flatMap(([key, value]) => (value === undefined ? [] : `${key}=${encodeURIComponent(value)}`))
    .join('&');
  return url.toString();
}
