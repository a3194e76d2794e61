import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { StandinKit } from '../kit/standin.js';
import { newId, type Books, type Transaction } from './books.js';
import { authorizationCode } from './charges.js';
import { notFound, parseBody, refusal } from './errors.js';
import { merchant, pages } from './merchant.js';
import { dollars, html, payButton, table } from './page-html.js';
import type { LawPaySettings } from './settings.js';

/** What a payment link may carry. The payer can change all of it; `readOnlyFields` binds the browser only. */
const LinkQuery = z.object({
  amount: z.string().optional(),
  reference: z.string().max(128).optional(),
  name: z.string().optional(),
  email: z.string().optional(),
  readOnlyFields: z.string().optional(),
});
type Link = z.infer<typeof LinkQuery>;
/** `url`: the link the payer was sent. The rest is what the payer changed. */
const PayOrder = z.strictObject({
  url: z.url(),
  amountCents: z.int().positive().optional(),
  reference: z.string().max(128).optional(),
});
type Page = (typeof pages)[number];
type PagePath = { Params: { merchant: string; page: string } };

/**
 * The hosted payment pages, and the payer: `POST /__control/pay` or the page's own button pay with a good card. A link
 * can be paid any number of times.
 */
export function pageRoutes(app: FastifyInstance, kit: StandinKit<LawPaySettings>, books: Books): void {
  const centsOf = ({ amount = '' }: Link) =>
    Math.round(Number(amount) * (kit.settings.pageAmountUnit === 'cents' ? 1 : 100));

  app.get<PagePath>('/pages/:merchant/:page', (request, reply) => {
    const page = pageAt(request.params);
    const link = parseBody(LinkQuery, request.query);
    kit.ledger.record('page_view', newId(), 'created', { page: page.slug, ...link });
    const rows = rowsOf(page, link, centsOf(link));
    return html(reply, page.title, `${table(rows)}${payButton(request.url)}`);
  });

  app.post<PagePath>('/pages/:merchant/:page', (request, reply) => {
    const page = pageAt(request.params);
    const link = parseBody(LinkQuery, request.query);
    const paid = pay(books, page, centsOf(link), link);
    return html(
      reply,
      'Thank you',
      table([
        ['Paid', dollars(paid.amount)],
        ['Transaction', paid.id],
      ]),
    );
  });

  app.post('/__control/pay', (request) => {
    const { url, amountCents, reference } = parseBody(PayOrder, request.body);
    const { pathname, searchParams } = new URL(url);
    const [, , slug = '', name = ''] = pathname.split('/');
    const link = parseBody(LinkQuery, Object.fromEntries(searchParams));
    const page = pageAt({ merchant: slug, page: name });
    return pay(books, page, amountCents ?? centsOf(link), {
      ...link,
      reference: reference ?? link.reference,
    });
  });
}

function pageAt({ merchant: slug, page: name }: PagePath['Params']): Page {
  const page = pages.find((candidate) => candidate.slug === name);
  if (slug !== merchant.slug || page === undefined) throw notFound('PaymentPage', name);
  return page;
}

function rowsOf(page: Page, link: Link, cents: number): [string, string][] {
  return [
    ['To', `${merchant.name}, ${page.slug} account`],
    ['Amount', cents >= 1 ? dollars(cents) : 'entered by the payer'],
    ['Reference', link.reference ?? 'none'],
    ['Payer', [link.name, link.email].filter(Boolean).join(', ') || 'entered by the payer'],
  ];
}

function pay(books: Books, page: Page, cents: number, { reference, name }: Link): Transaction {
  if (!(cents >= 1))
    throw refusal(422, 'invalid_data', { context: 'amount', sub_code: 'below_minimum_value' });
  const card = { type: 'card' as const, number: '************4242', card_type: 'VISA' };
  return books.open(
    {
      type: 'CHARGE',
      account_id: page.card,
      status: 'AUTHORIZED',
      amount: cents,
      amount_refunded: 0,
      currency: 'USD',
      auto_capture: true,
      authorization_code: authorizationCode(),
      method: name ? { ...card, name } : card,
      ...(reference ? { reference } : {}),
    },
    'transaction.authorized',
  );
}
