import { z } from 'zod';
import { UNIT_PROBE, type UnitProof } from '../../../domain/payments/settings.js';
import type { App } from '../../app-types.js';
import { identityOf } from '../../plugins/auth.js';
import { problemAnswers } from '../../plugins/openapi.js';
import type { PaymentDeps } from './deps.js';
import { refusing } from './refusing.js';

const Proof = z.object({
  unit: z.enum(['cents', 'dollars']),
  shown_cents: z.int(),
  by: z.string(),
  at: z.iso.datetime(),
});
const Named = z.object({
  trust: z.string().optional().describe('Takes fees that are not yet earned.'),
  operating: z.string().optional().describe('Takes earned fees.'),
  pay_on: z.enum(['lawpay', 'hermes']).describe('Whose page callers are sent to.'),
});
const Setup = z
  .object({
    mode: z.enum(['test', 'live']),
    named: Named,
    amount_unit: Proof.nullable().describe('Null: no link goes out until somebody has looked at a page.'),
    accounts: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        trust: z
          .boolean()
          .nullable()
          .describe('Null when LawPay does not say; such an account takes nothing.'),
        takes_cards: z.boolean(),
      }),
    ),
    pages: z.array(
      z.object({
        id: z.int(),
        account_id: z.string(),
        probe_url: z.url().describe(`Open it and read what the page makes of amount=${UNIT_PROBE}.`),
      }),
    ),
  })
  .describe('What is settled, beside what LawPay offers to choose from.');

const shown = (proof: UnitProof) => ({
  unit: proof.unit,
  shown_cents: proof.shownCents,
  by: proof.by,
  at: new Date(proof.atMs).toISOString(),
});

/** What an administrator settles before money is asked for. */
export function paymentSetupRoutes(app: App, { paymentSetup }: PaymentDeps): void {
  const config = { permission: 'payments:set-up' } as const;
  app.get(
    '/payments/setup',
    {
      config,
      schema: {
        tags: ['Payments'],
        summary: 'Accounts, pages and what is settled about them',
        response: { 200: Setup, ...problemAnswers },
      },
    },
    async (request) => {
      const { settings, accounts, pages } = await refusing(paymentSetup.read(identityOf(request).tenantId));
      return {
        mode: settings.mode,
        named: { ...settings.accounts, pay_on: settings.payOn },
        amount_unit: settings.unitProof ? shown(settings.unitProof) : null,
        accounts: accounts.map(({ id, name, isTrust, takesCards }) => ({
          ...{ id, name, trust: isTrust ?? null, takes_cards: takesCards },
        })),
        pages: pages.map(({ id, accountId, probeUrl }) => ({
          ...{ id, account_id: accountId, probe_url: probeUrl },
        })),
      };
    },
  );
  app.put(
    '/payments/setup/accounts',
    {
      config,
      schema: {
        tags: ['Payments'],
        summary: 'Name the accounts that charges go to; LawPay must confirm the kind of each',
        body: Named,
        response: { 200: Named, ...problemAnswers },
      },
    },
    async (request) => {
      const { tenantId, subject } = identityOf(request);
      const { pay_on: payOn, ...chosen } = request.body;
      const by = { actor: subject, atMs: Date.now() };
      await refusing(paymentSetup.nameAccounts(tenantId, given(chosen), payOn, by));
      return request.body;
    },
  );
  app.put(
    '/payments/setup/amount-unit',
    {
      config,
      schema: {
        tags: ['Payments'],
        summary: 'Tell what a payment page showed for the probe',
        body: z.object({
          shown_cents: z.int().positive().describe('1234 when the page showed $12.34, 123400 for $1,234.00.'),
        }),
        response: { 200: Proof.describe('What links will count in.'), ...problemAnswers },
      },
    },
    async (request) => {
      const { tenantId, subject } = identityOf(request);
      const by = { actor: subject, atMs: Date.now() };
      return shown(await refusing(paymentSetup.proveUnit(tenantId, request.body.shown_cents, by)));
    },
  );
}

const given = ({ trust, operating }: { trust?: string | undefined; operating?: string | undefined }) => ({
  ...(trust !== undefined && { trust }),
  ...(operating !== undefined && { operating }),
});
