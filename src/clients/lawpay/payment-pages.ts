/**
 * LawPay payment pages: the payer types the card on LawPay's own page, so no card number ever comes near us. Each page is
 * tied to one bank account, so choosing the page chooses trust or operating.
 */
import { z } from 'zod';
import { OutsideError } from '../../domain/failures.js';
import type { Money } from '../../domain/money.js';
import { pageAmount, type LawPaySettings, type UnitProof } from '../../domain/payments/settings.js';
import type { PayloadOf } from '../../domain/writes.js';
import { readAccounts, type PaymentAccount } from './accounts.js';
import { read, type LawPayOptions } from './client.js';
import { refusal } from './errors.js';

const Page = z.object({ id: z.number(), merchant_account_id: z.string(), public_url: z.url() });
export type PaymentPage = z.infer<typeof Page>;
const PageList = z.object({ payment_pages: z.array(Page) });

/** The firm's pages and the accounts behind them, for its mode. @throws OutsideError */
export async function readPagesAndAccounts(
  options: LawPayOptions,
  mode: LawPaySettings['mode'],
): Promise<{ pages: PaymentPage[]; accounts: PaymentAccount[] }> {
  const { payment_pages: pages } = await read(options, { path: '/payment-pages' }, PageList, refusal);
  return { pages, accounts: await readAccounts(options, mode) };
}

/**
 * The one page whose bank account is of the wanted kind. An account LawPay says nothing about is never taken for
 * either: money in the wrong account is a disciplinary matter for the lawyer.
 * @throws OutsideError `invalid` when none or several fit; a person must map the page.
 */
export function choosePage(
  pages: readonly PaymentPage[],
  accounts: readonly Pick<PaymentAccount, 'id' | 'isTrust'>[],
  kind: Money['account'],
  mapped: LawPaySettings['pages'],
): PaymentPage {
  const ofKind = new Set(
    accounts.filter(({ isTrust }) => isTrust === (kind === 'trust')).map(({ id }) => id),
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
  unit: UnitProof,
): string {
  const { money, reference, payerName, payerEmail } = payload;
  const parameters: [string, string | undefined][] = [
    ['amount', pageAmount(money.amountCents, unit)],
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

/** A link that shows what a page takes our probe for; nobody is meant to pay it. */
export function probeLink(publicUrl: string, probe: number): string {
  const url = new URL(publicUrl);
  url.search = `amount=${probe}`;
  return url.toString();
}
