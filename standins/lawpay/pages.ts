import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import type { StandinKit } from '../kit/standin.js';
import { newId, type Books, type Transaction } from './books.js';
import { authorizationCode } from './charges.js';
import { notFound, parseBody, refusal } from './errors.js';
import { merchant, pages } from './merchant.js';
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
type PagePath = { Params: { merchant: string; page: string } };

/**
 * The hosted payment pages, and the payer: `POST /__control/pay` or the page's own button pay with a good card. A link
 * can be paid any number of times.
 */
export function pageRoutes(app: FastifyInstance, kit: StandinKit<LawPaySettings>, books: Books): void {
  const pageAt = ({ merchant: slug, page: name }: { merchant: string; page: string }) => {
    const page = pages.find((candidate) => candidate.slug === name);
    if (slug !== merchant.slug || page === undefined) throw notFound('PaymentPage', name);
    return page;
  };
  const centsOf = (amount: string | undefined) =>
    Math.round(Number(amount ?? '') * (kit.settings.pageAmountUnit === 'cents' ? 1 : 100));

  const pay = (page: (typeof pages)[number], cents: number, link: Link): Transaction => {
    if (!(cents >= 1))
      throw refusal(422, 'invalid_data', { context: 'amount', sub_code: 'below_minimum_value' });
    const { reference, name } = link;
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
        method: { type: 'card', number: '************4242', card_type: 'VISA', ...(name ? { name } : {}) },
        ...(reference ? { reference } : {}),
      },
      'transaction.authorized',
    );
  };

  app.get<PagePath>('/pages/:merchant/:page', (request, reply) => {
    const page = pageAt(request.params);
    const link = parseBody(LinkQuery, request.query);
    kit.ledger.record('page_view', newId(), 'created', { page: page.slug, ...link });
    const cents = centsOf(link.amount);
    const rows = [
      ['To', `${merchant.name}, ${page.slug} account`],
      ['Amount', cents >= 1 ? dollars(cents) : 'entered by the payer'],
      ['Reference', link.reference ?? 'none'],
      ['Payer', [link.name, link.email].filter(Boolean).join(', ') || 'entered by the payer'],
    ] as const;
    return html(reply, page.title, `${table(rows)}${payButton(request.url)}`);
  });

  app.post<PagePath>('/pages/:merchant/:page', (request, reply) => {
    const page = pageAt(request.params);
    const link = parseBody(LinkQuery, request.query);
    const paid = pay(page, centsOf(link.amount), link);
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
    return pay(page, amountCents ?? centsOf(link.amount), {
      ...link,
      reference: reference ?? link.reference,
    });
  });
}

function html(reply: FastifyReply, title: string, body: string): FastifyReply {
  return reply
    .header('x-frame-options', 'SAMEORIGIN')
    .type('text/html; charset=utf-8')
    .send(
      `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escaped(title)}</title>` +
        '<style>body{font:16px/1.6 system-ui;max-width:32rem;margin:4rem auto;padding:0 1rem}' +
        'th{text-align:left;padding-right:2rem}</style>' +
        `<h1>${escaped(title)}</h1>${body}<p><small>Stand-in for a hosted payment page. No money moves.</small></p>`,
    );
}

function table(rows: readonly (readonly [string, string])[]): string {
  const cells = rows.map(([name, value]) => `<tr><th>${escaped(name)}<td>${escaped(value)}`);
  return `<table>${cells.join('')}</table>`;
}

function payButton(action: string): string {
  return `<form method="post" action="${escaped(action)}"><button>Pay with the test card</button></form>`;
}

function dollars(cents: number): string {
  return `$${(cents / 100).toFixed(2)}`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
